package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The directory in which this process alone writes the segments of one destination. A
 * locked file in it says so; the lock ends with the process, however that ends.
 */
final class SpoolSlot {

	/** Number of processes that may share a directory. */
	static final int SLOTS = 64;

	static final String LOCK = "lock";

	private static final String PROBE = "owner";

	private static final Pattern DESTINATION = Pattern.compile("[a-z0-9-]+");

	private static final Set<PosixFilePermission> DIRECTORY_PERMISSIONS = PosixFilePermissions.fromString("rwx------");

	private static final Set<PosixFilePermission> FILE_PERMISSIONS = PosixFilePermissions.fromString("rw-------");

	/** Locks of this process, which the operating system would grant it again. */
	private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

	/**
	 * Channels of files that this process locked through another class loader. Closing
	 * one of them would end the other's lock.
	 */
	private static final List<FileChannel> KEPT = Collections.synchronizedList(new ArrayList<>());

	private final Path path;

	private final Lock lock;

	private final @Nullable Object lockKey;

	private SpoolSlot(Path path, Lock lock) throws IOException {
		this.path = path;
		this.lock = lock;
		this.lockKey = attributes(path.resolve(LOCK)).fileKey();
	}

	/**
	 * Take the first slot that is free.
	 * @param directory directory of all destinations, made if it is missing
	 * @param destination name of the destination
	 * @param empty whether it must not contain segments
	 * @return the slot
	 * @throws IOException if none can be had, with a message that says why and what to do
	 */
	static SpoolSlot take(Path directory, String destination, boolean empty) throws IOException {
		if (!DESTINATION.matcher(destination).matches()) {
			throw new SpoolException("'" + destination + "' cannot be the name of a directory");
		}
		try {
			if (!exists(directory)) {
				createDirectories(directory);
			}
			requireDirectory(directory);
			Path ours = directory.resolve(destination);
			ensureDirectory(ours);
			for (int number = 0; number < SLOTS; number++) {
				Path path = ours.resolve(Integer.toString(number));
				ensureDirectory(path);
				Lock lock = Lock.take(path);
				if (lock != null) {
					SpoolSlot slot = takeOrRelease(ours, path, lock, empty);
					if (slot != null) {
						return slot;
					}
				}
			}
			throw new SpoolException("all " + SLOTS + " places in " + ours + " are taken by processes that run;"
					+ " use another directory for some of them");
		}
		catch (SpoolException ex) {
			throw ex;
		}
		catch (IOException | RuntimeException ex) {
			throw new SpoolException(directory + " cannot be used (" + describe(ex)
					+ "); it must be a directory in which the application can make files and lock them");
		}
	}

	private static @Nullable SpoolSlot takeOrRelease(Path ours, Path path, Lock lock, boolean empty)
			throws IOException {
		boolean taken = false;
		try {
			if (empty && !segmentsIn(path).isEmpty()) {
				return null;
			}
			requireOwner(ours, path);
			SpoolSlot slot = new SpoolSlot(path, lock);
			taken = true;
			return slot;
		}
		finally {
			if (!taken) {
				lock.release();
			}
		}
	}

	/**
	 * Move the segments of slots that no process has to this one.
	 * @param problems told what could not be moved
	 */
	void adopt(Consumer<String> problems) {
		for (int number = 0; number < SLOTS; number++) {
			Path other = this.path.resolveSibling(Integer.toString(number));
			if (other.equals(this.path) || !exists(other)) {
				continue;
			}
			try {
				adopt(other);
			}
			catch (IOException | RuntimeException ex) {
				problems.accept("What waits in " + other + " stays there: " + describe(ex));
			}
		}
	}

	private void adopt(Path other) throws IOException {
		ensureDirectory(other);
		if (posix(other) != null && !owner(other).equals(owner(this.path))) {
			throw new SpoolException("it belongs to " + owner(other).getName());
		}
		Lock otherLock = Lock.take(other);
		if (otherLock == null) {
			return;
		}
		try {
			for (Path segment : segmentsIn(other)) {
				move(segment);
			}
			for (SpoolAside aside : asidesIn(other)) {
				move(aside.path());
			}
		}
		finally {
			otherLock.release();
		}
	}

	private void move(Path file) throws IOException {
		Path target = this.path.resolve(file.getFileName());
		if (!exists(target)) {
			Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
		}
	}

	Path path() {
		return this.path;
	}

	/**
	 * Return the segments, oldest first.
	 * @return files with the name of a segment
	 * @throws IOException if they cannot be listed, or one of them is no regular file
	 */
	List<Path> segments() throws IOException {
		return segmentsIn(this.path);
	}

	/**
	 * Return the files that were put aside, oldest first.
	 * @return files that once were named as segments
	 * @throws IOException if they cannot be listed
	 */
	List<SpoolAside> asides() throws IOException {
		return asidesIn(this.path);
	}

	private static List<SpoolAside> asidesIn(Path directory) throws IOException {
		List<SpoolAside> asides = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.segment" + SpoolAside.SUFFIX)) {
			for (Path file : files) {
				asides.add(SpoolAside.existing(file));
			}
		}
		asides.sort(Comparator.comparingLong(SpoolAside::epochMillis));
		return asides;
	}

	/**
	 * Return whether the directory is still where it was.
	 * @return {@code false} if somebody deleted or replaced it
	 */
	boolean isThere() {
		try {
			Object key = attributes(this.path.resolve(LOCK)).fileKey();
			return key == null || key.equals(this.lockKey);
		}
		catch (IOException ex) {
			return false;
		}
	}

	void release() {
		this.lock.release();
	}

	private static List<Path> segmentsIn(Path directory) throws IOException {
		List<Path> segments = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, SpoolSegment::isSegment)) {
			for (Path file : files) {
				if (!attributes(file).isRegularFile()) {
					throw new SpoolException(file + " is a link or no file; remove it");
				}
				tighten(file, FILE_PERMISSIONS);
				segments.add(file);
			}
		}
		segments.sort(Comparator.comparing((file) -> file.getFileName().toString()));
		return segments;
	}

	static void createFile(Path file) throws IOException {
		Files.createFile(file, withPermissions(file, FILE_PERMISSIONS));
	}

	static String describe(Exception ex) {
		return (ex instanceof SpoolException) ? String.valueOf(ex.getMessage())
				: ex.getClass().getSimpleName() + ((ex.getMessage() != null) ? ": " + ex.getMessage() : "");
	}

	private static void ensureDirectory(Path directory) throws IOException {
		if (!exists(directory)) {
			createDirectories(directory);
		}
		requireDirectory(directory);
		tighten(directory, DIRECTORY_PERMISSIONS);
	}

	private static void createDirectories(Path directory) throws IOException {
		try {
			Files.createDirectories(directory, withPermissions(directory, DIRECTORY_PERMISSIONS));
		}
		catch (FileAlreadyExistsException ex) {
			// By another process, or it is no directory, which is found next.
		}
	}

	private static void requireDirectory(Path directory) throws IOException {
		BasicFileAttributes attributes = attributes(directory);
		if (attributes.isSymbolicLink()) {
			throw new SpoolException(directory + " is a symbolic link; name the directory itself");
		}
		if (!attributes.isDirectory()) {
			throw new SpoolException(directory + " is no directory; name another one");
		}
	}

	private static void tighten(Path path, Set<PosixFilePermission> allowed) throws IOException {
		PosixFileAttributeView view = posix(path);
		if (view != null && !allowed.containsAll(view.readAttributes().permissions())) {
			try {
				view.setPermissions(allowed);
			}
			catch (IOException ex) {
				throw new SpoolException(path + " can be read by others, which cannot be changed (" + describe(ex)
						+ "); take that right from them or use another directory");
			}
		}
	}

	/**
	 * Whoever owns one of the directories could replace our files. Who we are is asked of
	 * a file that we make, since a user in a container need not have a name.
	 */
	private static void requireOwner(Path... directories) throws IOException {
		Path probe = directories[directories.length - 1].resolve(PROBE);
		if (posix(probe) == null) {
			return;
		}
		Files.deleteIfExists(probe);
		createFile(probe);
		UserPrincipal self = owner(probe);
		Files.delete(probe);
		for (Path directory : directories) {
			UserPrincipal owner = owner(directory);
			if (!owner.equals(self)) {
				throw new SpoolException(directory + " belongs to " + owner.getName() + " and the application runs as "
						+ self.getName() + "; change its owner or use another directory");
			}
		}
	}

	private static UserPrincipal owner(Path path) throws IOException {
		return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
	}

	private static @Nullable PosixFileAttributeView posix(Path path) {
		return Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
	}

	private static FileAttribute<?>[] withPermissions(Path path, Set<PosixFilePermission> permissions) {
		return (posix(path) != null) ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(permissions) }
				: new FileAttribute<?>[0];
	}

	private static boolean exists(Path path) {
		return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
	}

	private static BasicFileAttributes attributes(Path path) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * A locked file.
	 */
	private static final class Lock {

		private final Path file;

		private final FileChannel channel;

		private Lock(Path file, FileChannel channel) {
			this.file = file;
			this.channel = channel;
		}

		static @Nullable Lock take(Path directory) throws IOException {
			Path file = directory.toRealPath().resolve(LOCK);
			if (exists(file) && !attributes(file).isRegularFile()) {
				throw new SpoolException(file + " is a link or no file; remove it");
			}
			if (!HELD.add(file)) {
				return null;
			}
			boolean locked = false;
			try {
				Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
						LinkOption.NOFOLLOW_LINKS);
				FileChannel channel = FileChannel.open(file, options, withPermissions(file, FILE_PERMISSIONS));
				try {
					FileLock lock = channel.tryLock();
					locked = lock != null;
				}
				catch (OverlappingFileLockException ex) {
					KEPT.add(channel);
					return null;
				}
				finally {
					if (!locked && !KEPT.contains(channel)) {
						channel.close();
					}
				}
				return (locked) ? new Lock(file, channel) : null;
			}
			finally {
				if (!locked) {
					HELD.remove(file);
				}
			}
		}

		void release() {
			try {
				this.channel.close();
			}
			catch (IOException ex) {
				// The lock ends with the process at the latest.
			}
			HELD.remove(this.file);
		}

	}

	/**
	 * Says why the spool cannot be used and what to do, in words for a log line.
	 */
	static final class SpoolException extends IOException {

		private static final long serialVersionUID = 1L;

		SpoolException(String message) {
			super(message);
		}

	}

}
