package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file with the name of a segment that makes no sense. It is kept under another name
 * for as long as there is room and it is not too old.
 *
 * @param path the file
 * @param size size in bytes
 * @param epochMillis when it was last written
 */
record SpoolAside(Path path, long size, long epochMillis) {

	static final String SUFFIX = ".damaged";

	/**
	 * Put a file aside.
	 * @param segment the file
	 * @return the file under its new name
	 * @throws IOException if it cannot be renamed
	 */
	static SpoolAside of(Path segment) throws IOException {
		Path aside = segment.resolveSibling(segment.getFileName() + SUFFIX);
		return existing(Files.move(segment, aside, StandardCopyOption.REPLACE_EXISTING));
	}

	/**
	 * Describe a file that was put aside before.
	 * @param path the file
	 * @return what is known of it
	 * @throws IOException if nothing is known of it
	 */
	static SpoolAside existing(Path path) throws IOException {
		BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		return new SpoolAside(path, attributes.size(), attributes.lastModifiedTime().toMillis());
	}

	void delete() {
		try {
			Files.deleteIfExists(this.path);
		}
		catch (IOException ex) {
			// It is tried again at the next start.
		}
	}

}
