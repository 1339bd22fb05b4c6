package usecases.faults;

import java.util.List;

/**
 * What one trial came to.
 *
 * @param scenario what happened
 * @param protocol how spans were sent
 * @param storage where they waited
 * @param ended number of spans that ended
 * @param delivered number of them that the receiver has
 * @param duplicates how often it took one that it had
 * @param lost number of them that it will never have
 * @param dropped what the application says of the lost ones
 * @param shutdown how long the application took to end, in milliseconds
 * @param logLines number of lines about tracing
 * @param remarks what else was measured
 * @param misses what was promised and not kept
 */
record Row(String scenario, String protocol, String storage, long ended, long delivered, long duplicates, long lost,
		String dropped, String shutdown, int logLines, String remarks, List<String> misses) {

	static final String HEADER = """
			| scenario | protocol | waiting in | ended | delivered | duplicates | lost | dropped, counted | shutdown ms | log lines | also | verdict |
			|---|---|---|--:|--:|--:|--:|---|--:|--:|---|---|
			""";

	@Override
	public String toString() {
		return "| %s | %s | %s | %d | %d | %d | %d | %s | %s | %d | %s | %s |".formatted(this.scenario, this.protocol,
				this.storage, this.ended, this.delivered, this.duplicates, this.lost, this.dropped, this.shutdown,
				this.logLines, this.remarks,
				this.misses.isEmpty() ? "kept" : "**" + String.join("; ", this.misses) + "**");
	}

}
