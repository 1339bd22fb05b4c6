package usecases.boundaries;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * What is still before a request.
 *
 * @param request the number of the request
 * @param hops the steps that it has not made yet, in their order
 */
record Journey(long request, List<Hop> hops) {

	/** Of 100 requests, how many fail at their end. */
	private static final int FAILING = 10;

	private static final int MAX_HOPS = 5;

	private static final List<Hop> PASSING = Arrays.stream(Hop.values()).filter((hop) -> hop != Hop.FAIL).toList();

	static Journey of(long request, Hop... hops) {
		return new Journey(request, List.of(hops));
	}

	/**
	 * Makes the journey of a request, the same one for the same number. No hop comes
	 * twice, so that a journey never waits for a thread of a pool that it holds a thread
	 * of.
	 */
	static Journey mixed(long request) {
		Random random = new Random(request);
		List<Hop> shuffled = new ArrayList<>(PASSING);
		Collections.shuffle(shuffled, random);
		List<Hop> chosen = new ArrayList<>(shuffled.subList(0, random.nextInt(MAX_HOPS + 1)));
		if (random.nextInt(100) < FAILING) {
			chosen.add(Hop.FAIL);
		}
		return new Journey(request, List.copyOf(chosen));
	}

	static Journey parse(String text) {
		String[] parts = text.split("-");
		return new Journey(Long.parseLong(parts[0]),
				Arrays.stream(parts).skip(1).map((hop) -> Hop.valueOf(hop.toUpperCase(Locale.ROOT))).toList());
	}

	boolean isEnd() {
		return this.hops.isEmpty();
	}

	Hop first() {
		return this.hops.get(0);
	}

	Journey rest() {
		return new Journey(this.request, this.hops.subList(1, this.hops.size()));
	}

	/**
	 * Whether whoever began it is told that it failed.
	 */
	boolean failsItsCaller() {
		return this.hops.contains(Hop.FAIL) && this.hops.stream().noneMatch(Hop::isMessage);
	}

	/**
	 * Returns what {@link #parse} reads, without any character that a URL would escape.
	 */
	@Override
	public String toString() {
		return this.request + this.hops.stream()
			.map((hop) -> "-" + hop.name().toLowerCase(Locale.ROOT))
			.collect(Collectors.joining());
	}

}
