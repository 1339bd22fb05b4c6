package io.kosmos.samples.gateway;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * What a text is about, as a vector of length one: each of its {@link Words} counts at
 * the place that the word's hash says. Texts that share words point in similar
 * directions; the same text always gives the same vector.
 *
 * @param values the numbers
 */
record TextVector(float[] values) {

	static TextVector of(String text, int dimensions) {
		List<String> words = Words.of(text).toList();
		double[] counts = new double[dimensions];
		// A text that has no such words still needs a direction.
		for (String word : words.isEmpty() ? List.of(text) : words) {
			// The product's high bits are mixed well, those of a short word's hash are
			// not.
			counts[((word.hashCode() * 0x9E3779B9) >>> 8) % dimensions]++;
		}
		double length = Math.sqrt(Arrays.stream(counts).map((count) -> count * count).sum());
		float[] values = new float[dimensions];
		for (int i = 0; i < dimensions; i++) {
			values[i] = (float) (counts[i] / length);
		}
		return new TextVector(values);
	}

	String base64() {
		ByteBuffer bytes = ByteBuffer.allocate(this.values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
		bytes.asFloatBuffer().put(this.values);
		return Base64.getEncoder().encodeToString(bytes.array());
	}

}
