# SPDX-License-Identifier: LGPL-2.1-or-later
libnskit_a_SOURCES += \
	%D%/arrange.c \
	%D%/arrange.h \
	%D%/conclusion.c \
	%D%/container.h \
	%D%/expr.h \
	%D%/expr_check.c \
	%D%/expr_code.h \
	%D%/expr_eval.c \
	%D%/expr_lex.c \
	%D%/expr_parse.c \
	%D%/fieldnames.c \
	%D%/fieldnames.h \
	%D%/finish.c \
	%D%/forest.c \
	%D%/forest.h \
	%D%/gap.c \
	%D%/gap.h \
	%D%/needs.h \
	%D%/nstype.c \
	%D%/nstype.h \
	%D%/process.h \
	%D%/proctext.c \
	%D%/proctext.h \
	%D%/reference.c \
	%D%/reference.h \
	%D%/reference_text.c \
	%D%/select.c \
	%D%/select.h \
	%D%/snapshot.c \
	%D%/snapshot.h \
	%D%/space.h \
	%D%/target.h \
	%D%/value.c \
	%D%/value.h
