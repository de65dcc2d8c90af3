/*
 * What follows, up to main(), is the same in every such program: the cells, the bytes that name their write, and the calls,
 * each of which returns its reply in words.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* Where the four cells of a page begin. */
static const struct { long page; long cut[4]; } cuts[] = { CUTS };
static long page;
static const long *cut;

static char said[1 << 16];                   /* the reply */
static uint8_t *buffer;                      /* the bytes of a call, from a page on, as O_DIRECT wants */
static int into, out;                        /* a pipe, see load() */
static const char *names[2];                 /* the file, by host */
static int files[2] = { -1, -1 }, server = -1; /* descriptors that no process has */
static bool drops_cache;                     /* whether the page cache may drop the file, which tmpfs keeps nowhere else */
static int differences;

/* A process: its descriptor, a second one for direct calls, and its mapping. */
struct process {
	int host, file, direct;
	bool locked, private;
	uint8_t *map;
	long start, end; /* cells that are mapped */
};
static struct process processes[3] = { { .file = -1, .direct = -1 }, { .file = -1, .direct = -1 },
				       { .host = 1, .file = -1, .direct = -1 } };
#define a1 (&processes[0])
#define a2 (&processes[1])
#define b1 (&processes[2])
enum { BUFFERED, DIRECT };
enum { SHARED, PRIVATE };

#define SAYS static __attribute__((unused)) const char *

static void die(const char *what)
{
	perror(what);
	if (files[0] >= 0)
		unlink(names[0]);
	exit(2);
}

/* ---- replies ---- */

SAYS say(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(said, sizeof said, format, values);
	va_end(values);
	return said;
}

SAYS error(int number)
{
	switch (number) {
#define E(name) case name: return #name;
	ERRNOS
	default: return say("errno %d", number);
	}
}

SAYS answer(long result)
{
	return result < 0 ? error(errno) : "ok";
}

/* Prints an ask and its reply, and what was observed, NULL being no reply, if it is another. */
static void step(const char *ask, const char *observed, const char *reply)
{
	bool same = observed && strcmp(observed, reply) == 0;

	printf("%s: %s", ask, reply);
	if (!same)
		printf(" (observed: %s)", observed ? observed : "no reply");
	printf("\n");
	fflush(stdout);
	differences += !same;
}

/* ---- cells and their bytes ---- */

static long border(long cell)
{
	return cell / 4 * page + cut[cell % 4];
}

/* The cell that begins at this byte, or -1. */
static long beginning_at(long byte)
{
	for (int i = 0; i < 4; i++)
		if (cut[i] == byte % page)
			return byte / page * 4 + i;
	return -1;
}

static long page_down(long byte)
{
	return byte / page * page;
}

static long page_up(long start, long byte)
{
	return byte == start ? page_down(start) : page_down(byte + page - 1);
}

/*
 * Byte `at` of a cell at `place` that write `number` has stored; never 0, which is what holes are made of. The bytes go round
 * the four digits of the number, to base 255: the lowest, the sum of the lowest two, and so on, each turned by a key of its
 * place.
 */
static uint8_t pattern(long place, long at, uint32_t number)
{
	uint32_t rest = number - 1, sum = 0;
	uint16_t key = ((uint16_t)place + (uint16_t)(place >> 16) + at) * 0x9E37u;

	for (int digit = 0; digit <= at % 4; digit++, rest /= 255)
		sum = (sum + rest % 255) % 255;
	return (sum + (key >> 8)) % 255 + 1;
}

static bool holds(const uint8_t *bytes, long cell, uint32_t number)
{
	for (long at = 0, len = border(cell + 1) - border(cell); at < len; at++)
		if (bytes[at] != (number ? pattern(PLACE, at, number) : 0))
			return false;
	return true;
}

static void fill(long start, long end, uint32_t number)
{
	for (long cell = start, byte = 0; cell < end; cell++)
		for (long at = 0; at < border(cell + 1) - border(cell); at++)
			buffer[byte++] = pattern(PLACE, at, number);
}

/* The value of every cell: the write that its bytes name, 0 for zeroes, - past the end, ? for what nobody wrote. */
SAYS got(const uint8_t *bytes, long read, long start, long end)
{
	size_t len = snprintf(said, sizeof said, "got");

	for (long cell = start; cell < end && len < sizeof said; cell++) {
		long first = border(cell) - border(start), last = border(cell + 1) - border(start);
		uint32_t number = 0;

		while (last <= read && number <= WRITES && !holds(bytes + first, cell, number))
			number++;
		if (first >= read)
			len += snprintf(said + len, sizeof said - len, " -");
		else if (last > read || number > WRITES)
			len += snprintf(said + len, sizeof said - len, " ?");
		else
			len += snprintf(said + len, sizeof said - len, " %u", number);
	}
	return said;
}

/* ---- calls on descriptors ---- */

static int through(struct process *who, int direct)
{
	if (who->file < 0)
		return errno = EBADF, -1;
	if (direct && who->direct < 0)
		who->direct = open(names[who->host], O_RDWR | O_CLOEXEC | O_DIRECT);
	return direct ? who->direct : who->file;
}

SAYS do_open(struct process *who)
{
	if (who->file >= 0)
		return "EBADF";
	return answer(who->file = open(names[who->host], O_RDWR | O_CLOEXEC));
}

/* F_OFD_SETLK, which does not wait: nobody else would go on here, to unlock. */
static int set_lock(struct process *who, int type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
	int file = through(who, BUFFERED), done = file < 0 ? -1 : fcntl(file, F_OFD_SETLK, &lock);

	if (done == 0)
		who->locked = type == F_WRLCK;
	return done;
}

SAYS do_lock(struct process *who)
{
	int done = set_lock(who, F_WRLCK);

	return done < 0 && (errno == EAGAIN || errno == EACCES) ? "EDEADLK" : answer(done);
}

SAYS do_unlock(struct process *who)
{
	return answer(set_lock(who, F_UNLCK));
}

SAYS do_close(struct process *who)
{
	int file = who->file, direct = who->direct, failed = 0;

	if (file < 0)
		return "EBADF";
	if (who->locked)
		set_lock(who, F_UNLCK);
	who->file = who->direct = -1;
	if (close(file) < 0)
		failed = errno;
	if (direct >= 0 && close(direct) < 0 && !failed)
		failed = errno;
	return failed ? error(failed) : "ok";
}

static long read_fully(int file, long start, long len)
{
	struct stat stat;

	memset(buffer, 0xEE, len);
	for (long done = 0;;) {
		long read = pread(file, buffer + done, len - done, start + done);

		if (read < 0)
			return -1;
		done += read;
		if (read == 0 || done == len)
			return done;
		/* A direct read could not go on from the end of the file, at an odd byte. */
		if (fstat(file, &stat) < 0)
			return -1;
		if (stat.st_size <= start + done)
			return done;
	}
}

SAYS do_pread(struct process *who, int direct, long start, long end)
{
	int file = through(who, direct);
	long read = file < 0 ? -1 : read_fully(file, border(start), border(end) - border(start));

	return read < 0 ? error(errno) : got(buffer, read, start, end);
}

/* What a write or copy has done that goes on until it ends at a border of cells: NULL is, go on. */
SAYS wrote(long wrote, long *done, long start, long end)
{
	long cell;

	if (wrote < 0)
		return error(errno);
	*done += wrote;
	cell = beginning_at(border(start) + *done);
	if (cell == end)
		return "ok";
	return cell >= 0 ? say("wrote %ld", cell - start) : wrote == 0 ? "EIO" : NULL;
}

SAYS do_pwrite(struct process *who, int direct, long start, long end, uint32_t number)
{
	int file = through(who, direct);
	long first = border(start), len = border(end) - first, done = 0;
	const char *reply;

	if (file < 0)
		return error(errno);
	fill(start, end, number);
	while (!(reply = wrote(pwrite(file, buffer + done, len - done, first + done), &done, start, end)))
		;
	return reply;
}

/* pwritev2(2) with RWF_APPEND, which leaves the offset behind the bytes. */
SAYS do_append(struct process *who, int direct, long count, uint32_t number)
{
	struct stat stat;
	long start, len, landed = -1;

	if (through(who, BUFFERED) < 0 || fstat(who->file, &stat) < 0)
		return error(errno);
	start = beginning_at(stat.st_size);
	if (start < 0)
		return "EIO";
	len = border(start + count) - border(start);
	fill(start, start + count, number);
	if (len > 0 && through(who, direct) < 0)
		return error(errno);
	for (long done = 0; done < len;) {
		struct iovec rest = { buffer + done, len - done };
		long wrote = pwritev2(through(who, direct), &rest, 1, -1, RWF_APPEND);

		if (wrote <= 0)
			return wrote < 0 ? error(errno) : "EIO";
		if (landed < 0)
			landed = lseek(through(who, direct), 0, SEEK_CUR) - wrote;
		done += wrote;
	}
	start = landed < 0 ? start : beginning_at(landed);
	return start < 0 ? "EIO" : say("at %ld", start);
}

SAYS do_copy(struct process *who, long start, long end, long to)
{
	int file = through(who, BUFFERED);
	long len = border(to + end - start) - border(to), done = 0;
	const char *reply = NULL;

	if (file < 0)
		return error(errno);
	while (!reply) {
		off_t from = border(start) + done, at = border(to) + done;

		reply = wrote(copy_file_range(file, &from, file, &at, len - done, 0), &done, to, to + end - start);
	}
	return reply;
}

SAYS do_fsync(struct process *who)
{
	int file = through(who, BUFFERED);

	return answer(file < 0 ? -1 : fsync(file));
}

SAYS do_fdatasync(struct process *who)
{
	int file = through(who, BUFFERED);

	return answer(file < 0 ? -1 : fdatasync(file));
}

SAYS do_ftruncate(struct process *who, long size)
{
	int file = through(who, BUFFERED);

	return answer(file < 0 ? -1 : ftruncate(file, border(size)));
}

/* mode: 0, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_ZERO_RANGE. */
SAYS do_fallocate(struct process *who, int mode, long start, long end)
{
	int file = through(who, BUFFERED);

	return answer(file < 0 ? -1 : fallocate(file, mode, border(start), border(end) - border(start)));
}

/* posix_fadvise(2), POSIX_FADV_DONTNEED; no bytes would be all that follow. */
static int advise(int file, long first, long last)
{
	errno = first == last ? 0 : posix_fadvise(file, first, last - first, POSIX_FADV_DONTNEED);
	return errno ? -1 : 0;
}

SAYS do_fadvise_dontneed(struct process *who, long start, long end)
{
	if (!drops_cache)
		return "ENOSYS";
	return answer(through(who, BUFFERED) < 0 ? -1 : advise(who->file, border(start), border(end)));
}

/* ---- calls on mappings ---- */

SAYS do_mmap(struct process *who, int private, long start, long end)
{
	int file = through(who, BUFFERED), flags = private ? MAP_PRIVATE : MAP_SHARED;
	long first = page_down(border(start)), len = page_up(border(start), border(end)) - first;
	uint8_t *map;

	if (who->map)
		return "EINVAL";
	map = file < 0 ? MAP_FAILED : mmap(NULL, len, PROT_READ | PROT_WRITE, flags, file, first);
	if (map == MAP_FAILED)
		return error(errno);
	who->map = map;
	who->private = private;
	who->start = start;
	who->end = end;
	return "ok";
}

/* Where a byte of the file is mapped. */
static uint8_t *address(struct process *who, long byte)
{
	return who->map + (byte - page_down(border(who->start)));
}

static bool is_mapped(struct process *who, long start, long end)
{
	return who->map && who->start <= start && end <= who->end;
}

SAYS do_munmap(struct process *who)
{
	uint8_t *map = who->map;

	who->map = NULL;
	return map ? answer(munmap(map, page_up(border(who->start), border(who->end)) - page_down(border(who->start))))
		   : "EINVAL";
}

/* Loads through a pipe: where an instruction would be killed by SIGBUS, write(2) answers EFAULT. */
static int load(const uint8_t *from, long len)
{
	for (long done = 0; done < len;) {
		long loaded = write(into, from + done, len - done < 65536 ? len - done : 65536);

		if (loaded < 0 || read(out, buffer + done, loaded) != loaded)
			return -1;
		done += loaded;
	}
	return 0;
}

/* Stores through a pipe, as load() loads. */
static int store(uint8_t *to, long len)
{
	for (long done = 0; done < len;) {
		long left = write(into, buffer + done, len - done < 65536 ? len - done : 65536);

		if (left < 0)
			return -1;
		while (left > 0) {
			long stored = read(out, to + done, left);

			if (stored < 0) {
				int failed = errno;

				while (read(out, buffer, page) > 0)
					;
				return errno = failed, -1;
			}
			done += stored;
			left -= stored;
		}
	}
	return 0;
}

SAYS do_mread(struct process *who, long start, long end)
{
	long len = border(end) - border(start);

	if (!is_mapped(who, start, end))
		return "EINVAL";
	if (load(address(who, border(start)), len) < 0)
		return errno == EFAULT ? "SIGBUS" : error(errno);
	return got(buffer, len, start, end);
}

SAYS do_mwrite(struct process *who, long start, long end, uint32_t number)
{
	if (!is_mapped(who, start, end))
		return "EINVAL";
	fill(start, end, number);
	if (store(address(who, border(start)), border(end) - border(start)) < 0)
		return errno == EFAULT ? "SIGBUS" : error(errno);
	return "ok";
}

SAYS do_msync(struct process *who, int flags, long start, long end)
{
	long first = page_down(border(start)), last = page_up(border(start), border(end));

	return is_mapped(who, start, end) ? answer(msync(address(who, first), last - first, flags)) : "EINVAL";
}

SAYS do_madvise_dontneed(struct process *who, long start, long end)
{
	long first = page_down(border(start)), last = page_up(border(start), border(end));

	return is_mapped(who, start, end) ? answer(madvise(address(who, first), last - first, MADV_DONTNEED)) : "EINVAL";
}

/* ---- the server, and nature ---- */

/* Where it can, the server reads around the cache, of which the kernel has written back what is dirty. */
SAYS server_pread(long start, long end)
{
	long first = page_down(border(start)), last = page_up(border(start), border(end)), read = -1;

	if (drops_cache && server < 0)
		server = open(names[0], O_RDWR | O_CLOEXEC | O_DIRECT);
	if (server >= 0)
		read = read_fully(server, first, last - first);
	if (read < 0)
		read = read_fully(files[0], first, last - first);
	if (read < 0)
		return error(errno);
	read -= border(start) - first;
	return got(buffer + (border(start) - first), read < 0 ? 0 : read, start, end);
}

static int write_back(int file, long first, long last)
{
	unsigned int flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;

	return first == last ? 0 : sync_file_range(file, first, last - first, flags);
}

SAYS nature_writeback(int host, long start, long end)
{
	return answer(write_back(files[host], page_down(border(start)), page_up(border(start), border(end))));
}

/* Whether a page of ours is mapped and of a file, not a private copy: bits 63 and 61 of its entry in pagemap. */
static bool is_of_file(const uint8_t *address)
{
	uint64_t entry = 0;
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (pagemap < 0 || pread(pagemap, &entry, sizeof entry, (uintptr_t)address / page * sizeof entry) < 0)
		die("/proc/self/pagemap");
	close(pagemap);
	return entry >> 63 && (entry >> 61 & 1);
}

/* Writes these bytes back, unmaps them, and lets the page cache drop them. */
static int drop(int file, long first, long last)
{
	if (write_back(file, first, last) < 0)
		return -1;
	for (struct process *who = processes; who < processes + 3; who++)
		for (long byte = first; who->map && byte < last; byte += page) {
			bool mapped = page_down(border(who->start)) <= byte && byte < page_up(border(who->start), border(who->end));

			if (mapped && (!who->private || is_of_file(address(who, byte))) &&
			    madvise(address(who, byte), page, MADV_DONTNEED) < 0)
				return -1;
		}
	return advise(file, first, last);
}

/* Pages of these bytes that are in the page cache. */
static long cached(int file, long first, long last)
{
	long pages = 0, len = last - first;
	uint8_t *map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, file, first), *in = calloc(len / page, 1);

	if (map == MAP_FAILED || !in || mincore(map, len, in) < 0)
		return -1;
	for (long i = 0; i < len / page; i++)
		pages += in[i] & 1;
	free(in);
	munmap(map, len);
	return pages;
}

/* A folio goes as a whole, and the kernel may have made larger ones; one that is being read ahead goes when it has arrived. */
SAYS nature_reclaim(int host, long start, long end)
{
	long first = page_down(border(start)), last = page_up(border(start), border(end)), left;
	struct timespec wait = { .tv_nsec = 250000 };
	int waits = 0;

	if (!drops_cache)
		return "ENOSYS";
	for (long folio = page;;) {
		long from = first / folio * folio, to = (last + folio - 1) / folio * folio;

		if (drop(files[host], from, to) < 0)
			return error(errno);
		left = first == last ? 0 : cached(files[host], first, last);
		if (left <= 0)
			return left < 0 ? error(errno) : "ok";
		if (from > 0 || to < border(CAPACITY))
			folio *= 2;
		else if (waits++ < 128)
			nanosleep(&wait, NULL);
		else
			return "EAGAIN";
	}
}

/* ---- beginning and end ---- */

static void begin(int argc, char **argv)
{
	struct statfs fs;
	int ends[2];

	if (argc < 1 + HOSTS || argc > 3) {
		fprintf(stderr, "usage: %s FILE %s\n", argc ? argv[0] : "repro",
			HOSTS > 1 ? "FILE-ON-SECOND-MOUNT" : "[FILE-ON-SECOND-MOUNT]");
		exit(2);
	}
	page = sysconf(_SC_PAGESIZE);
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
		if (cuts[i].page == page)
			cut = cuts[i].cut;
	if (!cut) {
		fprintf(stderr, "pages of %ld bytes are not provided for\n", page);
		exit(2);
	}
	buffer = aligned_alloc(page, border(CAPACITY) + page);
	if (!buffer || pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		die("memory and a pipe");
	out = ends[0];
	into = ends[1];
	for (int host = 0; host < HOSTS; host++) {
		names[host] = argv[1 + host];
		files[host] = open(names[host], O_RDWR | O_CLOEXEC | (host ? 0 : O_CREAT | O_EXCL), 0600);
		if (files[host] < 0)
			die(names[host]);
		if (lseek(files[host], 0, SEEK_END) != 0) {
			fprintf(stderr, "%s is not %s on another mount\n", names[host], names[0]);
			unlink(names[0]);
			exit(2);
		}
	}
	if (ftruncate(files[0], border(SIZE)) < 0 || fstatfs(files[0], &fs) < 0)
		die(names[0]);
	/* tmpfs and ramfs: statfs(2), f_type */
	drops_cache = (uint32_t)fs.f_type != 0x01021994 && (uint32_t)fs.f_type != 0x858458f6;
}

/* A process takes part: it has the file open from the start. */
static __attribute__((unused)) void takes_part(struct process *who)
{
	if (strcmp(do_open(who), "ok") != 0)
		die(names[who->host]);
}

static int end(void)
{
	unlink(names[0]);
	if (differences)
		printf("%d replies are not as observed\n", differences);
	return differences > 0;
}
