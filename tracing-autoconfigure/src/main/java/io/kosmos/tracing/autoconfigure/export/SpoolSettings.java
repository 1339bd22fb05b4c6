package io.kosmos.tracing.autoconfigure.export;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where spans are kept that could not be delivered yet.
 *
 * @param directory directory of all destinations' spools
 * @param maxSize size in bytes that the files of one destination may take
 * @param maxAge time for which a span is kept
 */
record SpoolSettings(Path directory, long maxSize, Duration maxAge) {

}
