/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a fuzz program without libFuzzer: every seed of a folder, then mutations of them, the same
 * ones on every run. Reports two tests in TAP. */
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "fuzz.h"

#define MAX_SIZE ((size_t)16384)

/* Nothing here takes long, not even with sanitizers on a machine that is busy. */
#define SECONDS_PER_INPUT 30

struct input {
	size_t size;
	uint8_t data[MAX_SIZE];
};

/* What the child tries, where the parent sees it when the child has crashed. */
struct shared {
	uint64_t n_inputs;
	struct input input;
};

struct run {
	struct input *seeds;
	size_t n_seeds;
	uint64_t random;     /* state of the generator */
	uint64_t max_inputs; /* how many mutations, at most */
	double seconds;      /* for how long, at most */
	struct shared *shared;
};

/* splitmix64. */
static uint64_t random_next(struct run *run)
{
	uint64_t z = (run->random += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static size_t random_below(struct run *run, size_t limit)
{
	return (size_t)(random_next(run) % limit);
}

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(2);
}

static void read_seed(const char *path, struct input *ret)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret->data, MAX_SIZE);

	if (n < 0)
		give_up(path);
	ret->size = (size_t)n;
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* All seeds of a folder, by name: the mutations must be the same wherever it lies. The first one is
 * empty. */
static void read_seeds(struct run *run, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_seed, alphasort);

	if (count <= 0)
		give_up(folder);
	run->seeds = calloc((size_t)count + 1, sizeof(*run->seeds));
	if (!run->seeds)
		give_up(folder);
	run->n_seeds = (size_t)count + 1;
	for (size_t i = 1; i < run->n_seeds; i++) {
		auto_free char *path = NULL;
		if (asprintf(&path, "%s/%s", folder, entries[i - 1]->d_name) < 0)
			give_up(folder);
		read_seed(path, &run->seeds[i]);
		free(entries[i - 1]);
	}
	free(entries);
}

/* Puts `size` bytes in the place of `removed` ones at `at`; what does not fit is left out. */
static void put(struct input *input, size_t at, size_t removed, const void *bytes, size_t size)
{
	uint8_t *place = input->data + at;

	if (size > MAX_SIZE - (input->size - removed))
		return;
	memmove(place + size, place + removed, input->size - at - removed);
	memcpy(place, bytes, size);
	input->size += size - removed;
}

/* Where a piece of the input begins, and how long it is: mostly short. */
static size_t pick_piece(struct run *run, const struct input *input, size_t *ret_size)
{
	size_t at = random_below(run, input->size + 1);
	size_t longest = input->size - at;
	size_t usual = (size_t)1 << random_below(run, 8);

	if (longest > usual)
		longest = usual;
	*ret_size = random_below(run, longest + 1);
	return at;
}

static void insert_word(struct run *run, struct input *input)
{
	/* clang-format off */
	static const char *const words[] = {
		"\n", "\t", " ", "(", ")", ") S 1 ", ":", "[", "]", "/", "//", "/../", "..", "\\", "\\x2d",
		"\"", "'", ",", "{", "}", "@", "=", "-", "-1", "+", "%", ".", "0", "00", "0::/", "null",
		"true", "4294967295", "4294967296", "2147483648", "9223372036854775807",
		"9223372036854775808", "18446744073709551615", "18446744073709551616", "4026531836",
		" (deleted)", "\xff", "\xc3\xa9", "\xc2\x9b", "\xe2\x80\xae", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\x1b[2J", "\x7f",
	};
	/* clang-format on */
	const char *word = words[random_below(run, ARRAY_SIZE(words))];
	size_t removed;
	size_t at = pick_piece(run, input, &removed);

	put(input, at, random_below(run, 2) ? removed : 0, word, strlen(word));
}

/* A piece of any seed comes over a piece of this input. */
static void cross(struct run *run, struct input *input)
{
	const struct input *other = &run->seeds[random_below(run, run->n_seeds)];
	size_t removed, size;
	size_t at = pick_piece(run, input, &removed);
	size_t from = pick_piece(run, other, &size);

	put(input, at, random_below(run, 2) ? removed : 0, other->data + from, size);
}

static void repeat(struct run *run, struct input *input)
{
	size_t size;
	size_t at = pick_piece(run, input, &size);
	struct input piece = { .size = size };

	memcpy(piece.data, input->data + at, size);
	for (size_t i = random_below(run, 40); i > 0; i--)
		put(input, at, 0, piece.data, piece.size);
}

static void mutate(struct run *run, struct input *input)
{
	const uint8_t byte = (uint8_t)random_next(run);
	size_t removed;
	size_t at = pick_piece(run, input, &removed);

	switch (random_below(run, 8)) {
	case 0:
		put(input, at, removed, "", 0);
		break;
	case 1:
		input->size = at;
		break;
	case 2:
		put(input, at, 0, &byte, 1);
		break;
	case 3:
		if (at < input->size)
			input->data[at] ^= (uint8_t)(1U << (byte & 7));
		break;
	case 4:
		repeat(run, input);
		break;
	case 5:
		cross(run, input);
		break;
	default:
		insert_word(run, input);
		break;
	}
}

/* In a copy that ends where its memory does. */
static void try_input(const struct input *input)
{
	auto_free uint8_t *data = malloc(input->size > 0 ? input->size : 1);

	if (!data)
		give_up("no memory");
	memcpy(data, input->data, input->size);
	LLVMFuzzerTestOneInput(data, input->size);
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void try_seeds(struct run *run)
{
	for (size_t i = 0; i < run->n_seeds; i++) {
		run->shared->input = run->seeds[i];
		run->shared->n_inputs++;
		alarm(SECONDS_PER_INPUT);
		try_input(&run->shared->input);
	}
}

static void try_mutations(struct run *run)
{
	const double end = seconds_now() + run->seconds;

	while (run->shared->n_inputs < run->max_inputs && seconds_now() < end) {
		run->shared->input = run->seeds[random_below(run, run->n_seeds)];
		do
			mutate(run, &run->shared->input);
		while (random_below(run, 3) > 0);
		run->shared->n_inputs++;
		alarm(SECONDS_PER_INPUT);
		try_input(&run->shared->input);
	}
}

/* Keeps the input with which the child ended, for a run with that file alone. */
static void keep_input(const struct input *input)
{
	auto_free char *path = NULL;

	if (asprintf(&path, "%s.crash", program_invocation_short_name) < 0)
		give_up("no memory");
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, input->data, input->size) != (ssize_t)input->size)
		give_up(path);
	printf("# the input is in %s, of %zu bytes; try it again: %s %s\n", path, input->size,
	       program_invocation_name, path);
}

/* Runs it in a child, which may crash, hang, or be ended by a sanitizer. Whether all went well. */
static bool is_survived(struct run *run, void (*try)(struct run *run))
{
	int status;

	fflush(stdout);
	run->shared->n_inputs = 0;
	pid_t child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0) {
		try(run);
		alarm(0);
		free(run->seeds);
		/* Not _exit: this is where leaks are found. */
		exit(0);
	}
	if (waitpid(child, &status, 0) < 0)
		give_up("waitpid");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool report(struct run *run, int number, const char *what, void (*try)(struct run *run))
{
	bool is_ok = is_survived(run, try);

	printf("%sok %d - %s\n", is_ok ? "" : "not ", number, what);
	if (is_ok)
		printf("# %ju inputs\n", (uintmax_t)run->shared->n_inputs);
	else
		keep_input(&run->shared->input);
	return is_ok;
}

static int try_folder(struct run *run, const char *folder)
{
	read_seeds(run, folder);
	run->shared = mmap(NULL, sizeof(*run->shared), PROT_READ | PROT_WRITE,
	                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->shared == MAP_FAILED)
		give_up("mmap");
	puts("1..2");
	bool is_ok = report(run, 1, "seeds", try_seeds);
	is_ok &= report(run, 2, "mutations", try_mutations);
	free(run->seeds);
	munmap(run->shared, sizeof(*run->shared));
	return is_ok ? 0 : 1;
}

static int try_file(const char *path)
{
	auto_free struct input *input = calloc(1, sizeof(*input));

	if (!input)
		give_up(path);
	read_seed(path, input);
	try_input(input);
	return 0;
}

int main(int argc, char **argv)
{
	struct run run = { .random = 1, .max_inputs = 100000, .seconds = 1 };
	struct stat status;
	int option;

	while ((option = getopt(argc, argv, "n:s:r:")) >= 0) {
		if (option == 'n')
			run.max_inputs = strtoull(optarg, NULL, 10);
		else if (option == 's')
			run.seconds = strtod(optarg, NULL);
		else if (option == 'r')
			run.random = strtoull(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fprintf(stderr,
		        "usage: %s [-n INPUTS] [-s SECONDS] [-r RANDOM] FOLDER-OF-SEEDS | FILE\n",
		        program_invocation_short_name);
		return 2;
	}
	if (stat(argv[optind], &status) < 0)
		give_up(argv[optind]);
	return S_ISDIR(status.st_mode) ? try_folder(&run, argv[optind]) : try_file(argv[optind]);
}
