# SPDX-License-Identifier: GPL-2.0-or-later
# Macros of configure.ac.

# NSKIT_LIBRARY(PREFIX, MODULE, DEBIAN-PACKAGE): PREFIX_CFLAGS and PREFIX_LIBS by pkg-config; what is
# missing is noted for NSKIT_LIBRARIES_END.
AC_DEFUN([NSKIT_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2],
		[nskit_found="$nskit_found m4_bpatsubst([$2], [ .*]) $($PKG_CONFIG --modversion 'm4_bpatsubst([$2], [ .*])'),"],
		[nskit_missing="$nskit_missing
  $2: apt-get install $3"])
])

# NSKIT_LIBRARIES_END: fails with everything that is missing.
AC_DEFUN([NSKIT_LIBRARIES_END], [
	nskit_found=${nskit_found%,}
	AS_IF([test -n "$nskit_missing"],
		[AC_MSG_ERROR([these libraries are missing or too old:$nskit_missing
or let ./bootstrap install them])])
])

# NSKIT_TRY_FLAG(FLAG): adds it to WARNINGS where the compiler knows it.
AC_DEFUN([NSKIT_TRY_FLAG], [
	nskit_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Wall -Werror $1"
	AC_MSG_CHECKING([whether $CC knows $1])
	AC_COMPILE_IFELSE([AC_LANG_SOURCE([int nskit_nothing;])],
		[AC_MSG_RESULT([yes])
		WARNINGS="$WARNINGS $1"],
		[AC_MSG_RESULT([no])])
	CFLAGS=$nskit_cflags
])

# NSKIT_WARNINGS: the warnings that are always on, as WARNINGS.
AC_DEFUN([NSKIT_WARNINGS], [
	WARNINGS='-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion'
	m4_foreach_w([flag], [-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
		-Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat-security -Wredundant-decls
		-Wimplicit-fallthrough -Wduplicated-cond -Wlogical-op -Wnull-dereference],
		[NSKIT_TRY_FLAG(flag)])
	AS_IF([test "$enable_werror" = yes], [WARNINGS="$WARNINGS -Werror"])
	AC_SUBST([WARNINGS])
])

# NSKIT_SANITIZERS: with --enable-sanitizers the flags for them, as SANITIZERS.
AC_DEFUN([NSKIT_SANITIZERS], [
	AS_IF([test "$enable_sanitizers" = yes],
		[SANITIZERS='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'])
	AC_SUBST([SANITIZERS])
])
