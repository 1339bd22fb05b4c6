package io.kosmos.tracing;

/**
 * What takes secrets and personal data out of everything that leaves, for texts that
 * leave by another way than a span, such as a log line. Inject it as a bean, which is
 * there unless {@code kosmos.tracing.redaction.enabled} is false; it is thread-safe and
 * never throws. As an operator of spans it comes after all others, in whichever order
 * they are.
 */
@FunctionalInterface
public interface Redaction {

	/**
	 * Return what may leave of a text.
	 * @param text the text
	 * @return the text with what was found in it replaced, the same text if that is
	 * nothing
	 */
	String redact(String text);

}
