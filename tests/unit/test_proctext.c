/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of /proc as kernels write them, and as nobody should, against proctext.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/proctext.h"

#define STAT_TAIL                                                                                  \
	" 4194560 133 0 1 0 2 3 0 0 20 0 7 0 123456789012 2961408 217 18446744073709551615 1 2 3"  \
	" 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"

static int parse_stat(const char *text, struct stat_text *ret)
{
	return proctext_stat(text, strlen(text), ret);
}

static void test_stat(void **state)
{
	struct stat_text stat;

	(void)state;
	assert_int_equal(parse_stat("4711 (bash) S 4700 4710 4709 34816 4712" STAT_TAIL, &stat), 0);
	assert_int_equal(stat.pid, 4711);
	assert_int_equal(stat.comm_length, 4);
	assert_memory_equal(stat.comm, "bash", 4);
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.parent, 4700);
	assert_int_equal(stat.group, 4710);
	assert_int_equal(stat.session, 4709);
	assert_int_equal(stat.terminal, 34816);
	assert_int_equal(stat.foreground_group, 4712);
	assert_int_equal(stat.flags, 4194560);
	assert_int_equal(stat.n_threads, 7);
	assert_true(stat.start == 123456789012);
}

static void test_stat_negative_numbers(void **state)
{
	struct stat_text stat;

	(void)state;
	assert_int_equal(parse_stat("1 (x) X 0 -1 -1 -2147483648 -1" STAT_TAIL, &stat), 0);
	assert_int_equal(stat.group, -1);
	assert_int_equal(stat.session, -1);
	assert_int_equal(stat.terminal, INT32_MIN);
	assert_int_equal(stat.foreground_group, -1);
}

/* comm ends at the last ")" of the whole text, newline, brackets and all. */
static void test_stat_hostile_comm(void **state)
{
	static const char *const names[] = {
		"a) Z 1 (b\n\x1b[3", ")",        "(",          "",
		") S 1 1 1 1 1",     "\xff\xfe", "((sd-pam))", "\n\n",
	};
	char text[400];
	struct stat_text stat;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof(text), "9 (%s) R 5 9 9 0 -1%s", names[i], STAT_TAIL);
		assert_int_equal(parse_stat(text, &stat), 0);
		assert_int_equal(stat.comm_length, strlen(names[i]));
		assert_memory_equal(stat.comm, names[i], stat.comm_length);
		assert_int_equal(stat.state, 'R');
		assert_int_equal(stat.parent, 5);
	}
}

static void test_stat_damaged(void **state)
{
	static const char *const texts[] = {
		"",
		"(",
		")(",
		"1 (x)",
		"1 (x) ",
		"1 (x) S",
		"(x) S 1 1 1 0 -1" STAT_TAIL,
		"1(x) S 1 1 1 0 -1" STAT_TAIL,
		" (x) S 1 1 1 0 -1" STAT_TAIL,
		"1 (x)S 1 1 1 0 -1" STAT_TAIL,
		"-1 (x) S 1 1 1 0 -1" STAT_TAIL,
		"+1 (x) S 1 1 1 0 -1" STAT_TAIL,
		"0x1 (x) S 1 1 1 0 -1" STAT_TAIL,
		"1 (x) SS 1 1 1 0 -1" STAT_TAIL,
		"1 (x)  1 1 1 0 -1" STAT_TAIL,
		"1 (x) S -1 1 1 0 -1" STAT_TAIL,
		"1 (x) S 1 1 1 0 --1" STAT_TAIL,
		"1 (x) S 1 1 1 0 -" STAT_TAIL,
		"1 (x) S 1  1 1 0 -1" STAT_TAIL,
		"1 (x) S 2147483648 1 1 0 -1" STAT_TAIL,
		"1 (x) S 1 1 1 -2147483649 -1" STAT_TAIL,
		"1 (x) S 1 -2 1 0 -1" STAT_TAIL,
		"1 (x) S 1 1 -2 0 -1" STAT_TAIL,
		"1 (x) S 1 1 1 0 -2" STAT_TAIL,
		"1 (x) S 1 1 1 0 -1 4194560 133 0 1 0 2 3 0 0 20 0",
		"1 (x) S 1 1 1 0 -1 4194560 133 0 1 0 2 3 0 0 20 0 -7 0 1",
		"1 (x) S 1 1 1 0 -1 4194560 133 0 1 0 2 3 0 0 20 0 7 0 ",
		"1 (x) S 1 1 1 0 -1 4194560 133 0 1 0 2 3 0 0 20 0 7 0 18446744073709551616",
		"1 (x) S 1 1 1 0 -1 4194560 133 0 1 0 2 3 0 0 20 0 7 0 9223372036854775808",
	};
	struct stat_text stat = { .pid = 4711 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (parse_stat(texts[i], &stat) != -EINVAL || stat.pid != 4711)
			fail_msg("accepted: %s", texts[i]);
}

/* Cut anywhere, it is refused or parsed, but never read beyond. */
static void test_stat_cut(void **state)
{
	const char *text = "4711 (bash) S 4700 4710 4709 34816 4712" STAT_TAIL;
	struct stat_text stat;

	(void)state;
	for (size_t length = 0; length <= strlen(text); length++) {
		auto_free char *copy = malloc(length + 1);
		assert_non_null(copy);
		memcpy(copy, text, length);
		int r = proctext_stat(copy, length, &stat);
		assert_true(r == 0 || r == -EINVAL);
	}
}

#define TO_EXIT_CODE                                                                               \
	" 4194560 133 0 1 0 2 3 0 0 20 0 7 0 123456789012 0 0 18446744073709551615 0 0 0 0 0 0 0"  \
	" 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 "

static void test_exit_code(void **state)
{
	static const char text[] = "1 () 9 9) Z 1 1 1 0 -1" TO_EXIT_CODE "32512 4711\n";
	size_t length = strlen(text);
	int code = 77;

	(void)state;
	assert_int_equal(proctext_exit_code(text, length - 6, &code), 0);
	assert_int_equal(code, 32512);
	code = 77;
	assert_int_equal(proctext_exit_code(text, length, &code), 0);
	assert_int_equal(code, 32512);
	/* Cut off within or before it, or no number. */
	for (size_t cut = 0; cut < length - strlen("32512 4711\n"); cut++)
		assert_int_equal(proctext_exit_code(text, cut, &code), -EINVAL);
	assert_int_equal(code, 32512);
	static const char bad[] = "1 (x) Z 1 1 1 0 -1" TO_EXIT_CODE "-1\n";
	assert_int_equal(proctext_exit_code(bad, strlen(bad), &code), -EINVAL);
}

static int parse_status(const char *text, struct status_text *ret)
{
	return proctext_status(text, strlen(text), ret);
}

static void test_status(void **state)
{
	struct status_text status;

	(void)state;
	assert_int_equal(parse_status("Name:\ta\\nUid:\\t7\nUmask:\t0022\n"
	                              "Uid:\t1000\t4294967290\t1000\t1000\nGid:\t1\t1\t1\t1\n"
	                              "NStgid:\t40\t7\t1\nNSpid:\t44\t11\t5\nNSpgid:\t40\t0\t0\n",
	                              &status),
	                 0);
	assert_true(status.has_uids);
	assert_int_equal(status.real_uid, 1000);
	assert_int_equal(status.effective_uid, 4294967290);
	assert_int_equal(status.n_numbers, 3);
	assert_int_equal(status.numbers[0], 40);
	assert_int_equal(status.numbers[2], 1);
}

static void test_status_of_old_kernels(void **state)
{
	struct status_text status;

	(void)state;
	assert_int_equal(parse_status("Name:\tx\nUid:\t0\t0\t0\t0", &status), 0);
	assert_int_equal(status.n_numbers, 0);
	assert_int_equal(parse_status("NSpid:\t9\t1\nName:\tx\n", &status), 0);
	assert_false(status.has_uids);
	assert_int_equal(status.n_numbers, 2);
	assert_int_equal(status.numbers[1], 1);
	assert_int_equal(parse_status("", &status), 0);
	assert_int_equal(status.n_numbers, 0);
}

/* As Linux 6.18 writes it, lines that are not read left out. */
static void test_status_of_new_kernels(void **state)
{
	static const char text[] =
		"Name:\t a\\nb\\\\ \nState:\tZ (zombie)\nPid:\t9\nPPid:\t7\n"
		"Kthread:\t0\nVmPeak:\t  1 kB\nVmSize:\t    3060 kB\nThreads:\t12\n"
		"CapPrm:\t0000000000000001\nCapEff:\t000001fffeffffff\n"
		"NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t5\n";
	struct status_text status;
	char name[32];

	(void)state;
	assert_int_equal(parse_status(text, &status), 0);
	size_t length = proctext_name(status.name, status.name_length, name);
	assert_int_equal(length, strlen(" a\nb\\ "));
	assert_memory_equal(name, " a\nb\\ ", length);
	assert_int_equal(status.state, 'Z');
	assert_true(status.has_parent);
	assert_int_equal(status.parent, 7);
	assert_true(status.has_kernel_thread);
	assert_false(status.is_kernel_thread);
	assert_true(status.has_memory);
	assert_int_equal(status.n_threads, 12);
	assert_true(status.has_effective_caps);
	assert_true(status.effective_caps == 0x1fffeffffff);
	assert_true(status.has_no_new_privs && status.no_new_privs);
	assert_true(status.has_seccomp);
	assert_int_equal(status.seccomp, 2);
	assert_int_equal(parse_status("Kthread:\t1\n", &status), 0);
	assert_true(status.is_kernel_thread);
	assert_false(status.has_memory || status.has_parent || status.has_effective_caps);
	assert_false(status.has_no_new_privs || status.has_seccomp);
	assert_null(status.name);
	assert_int_equal(status.state, 0);
}

/* Only what the kernel escapes is an escape. */
static void test_name(void **state)
{
	static const struct {
		const char *escaped, *name;
	} names[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "a\\nb", "a\nb" },
		{ "\\\\n", "\\n" },
		{ "\\\\\\n", "\\\n" },
		{ "\\", "\\" },
		{ "a\\t\x1b\xff", "a\\t\x1b\xff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char text[32];
		strcpy(text, names[i].escaped);
		size_t length = proctext_name(text, strlen(text), text);
		assert_int_equal(length, strlen(names[i].name));
		assert_memory_equal(text, names[i].name, length);
	}
}

static void test_label(void **state)
{
	(void)state;
	assert_int_equal(proctext_label("unconfined\n", 11), 10);
	assert_int_equal(proctext_label("system_u:object_r:x", 20), 19);
	assert_int_equal(proctext_label("a\nb\n", 4), 3);
	assert_int_equal(proctext_label("\n", 1), 0);
	assert_int_equal(proctext_label("", 0), 0);
}

static void test_status_damaged(void **state)
{
	static const char *const texts[] = {
		"Uid:\n",
		"Uid:\t1\t2\t3\n",
		"Uid:\t1\t2\t3\t4\t5\n",
		"Uid:\t-1\t2\t3\t4\n",
		"Uid:\t4294967296\t2\t3\t4\n",
		"Uid:\t1 2\t3\t4\n",
		"NStgid:\n",
		"NStgid:\tx\n",
		"NStgid:\t1\t\t2\n",
		"NSpid:\t1\t-2\n",
		"State:\n",
		"State:\t\n",
		"PPid:\t\n",
		"PPid:\t-1\n",
		"PPid:\t1 2\n",
		"CapEff:\t\n",
		"CapEff:\t1ffffffffffffffff\n",
		"CapEff:\t00000000000000FF\n",
		"CapEff:\t0x1\n",
		"Seccomp:\t-1\n",
		"Seccomp:\t128\n",
		"NoNewPrivs:\t2\n",
		"Kthread:\tyes\n",
		("NStgid:\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1"
		 "\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\n"),
	};
	struct status_text status = { .real_uid = 4711 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (parse_status(texts[i], &status) != -EINVAL || status.real_uid != 4711)
			fail_msg("accepted: %s", texts[i]);
}

#define SETS                                                                                       \
	"SigPnd:\t0000000000000001\nShdPnd:\t0000000000004000\nSigBlk:\tfffffffe7ffbfeff\n"        \
	"SigIgn:\t0000000000001000\nSigCgt:\t0000000180004002\n"

static int parse_signals(const char *text, struct signal_text *ret)
{
	return proctext_signals(text, strlen(text), ret);
}

static void test_signals(void **state)
{
	struct signal_text signals;

	(void)state;
	/* A name that is made like a line is none: the kernel escapes its newline. */
	assert_int_equal(parse_signals("Name:\ta\\nSigBlk:\t0\nState:\tt (tracing stop)\n"
	                               "TracerPid:\t4711\nSigQ:\t0/9\n" SETS "CapInh:\tx\n",
	                               &signals),
	                 0);
	assert_int_equal(signals.state, 't');
	assert_int_equal(signals.tracer, 4711);
	assert_true(signals.own_pending == 1 && signals.pending == 0x4000);
	assert_true(signals.blocked == UINT64_C(0xfffffffe7ffbfeff));
	assert_true(signals.ignored == 0x1000 && signals.caught == UINT64_C(0x180004002));
	assert_int_equal(parse_signals(SETS "State:\tS", &signals), 0);
	assert_int_equal(signals.tracer, 0);
}

static void test_signals_damaged(void **state)
{
	static const char *const texts[] = {
		"",
		"State:\tS\n",
		SETS,
		"State:\t\n" SETS,
		"State:\tS\nTracerPid:\t-1\n" SETS,
		"State:\tS\nTracerPid:\t2147483648\n" SETS,
		"State:\tS\nTracerPid:\t\n" SETS,
		"State:\tS\n" SETS "SigBlk:\t\n",
		"State:\tS\n" SETS "SigBlk:\t0x1\n",
		"State:\tS\n" SETS "SigBlk:\t00000000000000FF\n",
		"State:\tS\n" SETS "SigBlk:\t00000000000000001\n",
		"State:\tS\n" SETS "SigBlk:\t-1\n",
		"State:\tS\nSigPnd:\t0\nShdPnd:\t0\nSigBlk:\t0\nSigIgn:\t0\n",
	};
	struct signal_text signals = { .tracer = 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (parse_signals(texts[i], &signals) != -EINVAL || signals.tracer != 77)
			fail_msg("accepted: %s", texts[i]);
}

static void expect_cmdline(const char *bytes, size_t length, const char *wanted)
{
	auto_free char *text = malloc(length + 1);

	assert_non_null(text);
	memcpy(text, bytes, length);
	size_t found = proctext_cmdline(text, length);
	assert_int_equal(found, strlen(wanted));
	assert_memory_equal(text, wanted, found);
}

static void test_cmdline(void **state)
{
	(void)state;
	expect_cmdline("sh\0-c\0a b\0", 10, "sh -c a b");
	expect_cmdline("sh\0-c", 5, "sh -c");
	expect_cmdline("", 0, "");
	expect_cmdline("\0\0\0", 3, "");
	expect_cmdline("a\0\0b\0\0\0", 7, "a  b");
	expect_cmdline("sshd: x [priv]\0\0\0\0", 18, "sshd: x [priv]");
	expect_cmdline("a\nb\x1b[1m\0\xff", 9, "a\nb\x1b[1m \xff");
}

static void expect_map(const char *map, const char *wanted)
{
	size_t length = strlen(map);
	auto_free char *text = malloc(length + 1);

	assert_non_null(text);
	memcpy(text, map, length + 1);
	size_t found = proctext_id_map(text, length);
	assert_true(found <= length);
	assert_int_equal(found, strlen(wanted));
	assert_memory_equal(text, wanted, found);
	assert_int_equal(text[found], '\0');
}

static void test_id_map(void **state)
{
	(void)state;
	expect_map("         0          0 4294967295\n", "0 0 4294967295");
	expect_map("         0       1000          1\n         1     100000      65536\n",
	           "0 1000 1, 1 100000 65536");
	expect_map("", "");
	expect_map("\n\n", "");
	expect_map("  \n 1 2 3 \n\n", "1 2 3");
}

/* Without padding there is no room for the blank of ", ", and it must not be made. */
static void test_id_map_without_room(void **state)
{
	(void)state;
	expect_map("1 2 3\n4 5 6\n7 8 9\n", "1 2 3,4 5 6,7 8 9");
	expect_map("1 2 3\n 4 5 6", "1 2 3, 4 5 6");
	expect_map("1\n2\n3\n4\n5", "1,2,3,4,5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_stat_negative_numbers),
		cmocka_unit_test(test_stat_hostile_comm),
		cmocka_unit_test(test_stat_damaged),
		cmocka_unit_test(test_stat_cut),
		cmocka_unit_test(test_exit_code),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_status_of_old_kernels),
		cmocka_unit_test(test_status_of_new_kernels),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_status_damaged),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_signals_damaged),
		cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_id_map),
		cmocka_unit_test(test_id_map_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
