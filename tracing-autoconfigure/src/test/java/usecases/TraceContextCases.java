package usecases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The cases of the public test suite of
 * <a href="https://github.com/w3c/trace-context/tree/main/test">W3C Trace Context</a>,
 * level 2 and strict, by their names there: a service is asked to call back, and what its
 * calls hold is examined.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class TraceContextCases {

	private static final String TRACE = "12345678901234567890123456789012";

	private static final String PARENT = "1234567890123456";

	private static final String TRACEPARENT = "traceparent: 00-" + TRACE + "-" + PARENT + "-00";

	private final CallingService server;

	private RunningService service;

	TraceContextCases(CallingService server) {
		this.server = server;
	}

	@BeforeAll
	void start() {
		this.service = this.server.start();
	}

	@AfterAll
	void stop() {
		this.service.close();
	}

	@Test
	void bothTraceparentAndTracestateMissing() {
		assertThat(call().tracestate()).isEmpty();
	}

	@Test
	void traceparentIncludedTracestateMissing() {
		Call call = call("traceparent: 00-" + TRACE + "-" + PARENT + "-01");
		assertThat(call.trace()).isEqualTo(TRACE);
		assertThat(call.parent()).isNotEqualTo(PARENT);
	}

	@Test
	void traceparentDuplicated() {
		assertThat(call("traceparent: 00-12345678901234567890123456789011-" + PARENT + "-01",
				"traceparent: 00-" + TRACE + "-" + PARENT + "-01")
			.trace()).isNotIn(TRACE, "12345678901234567890123456789011");
		assertThat(call(TRACEPARENT, TRACEPARENT).trace()).isNotEqualTo(TRACE);
	}

	@Test
	void traceparentHeaderName() {
		assertNew("trace-parent: 00-" + TRACE + "-" + PARENT + "-01");
		assertNew("trace.parent: 00-" + TRACE + "-" + PARENT + "-01");
	}

	@Test
	void traceparentHeaderNameValidCasing() {
		assertContinued("TraceParent: 00-" + TRACE + "-" + PARENT + "-01");
		assertContinued("TrAcEpArEnT: 00-" + TRACE + "-" + PARENT + "-01");
		assertContinued("TRACEPARENT: 00-" + TRACE + "-" + PARENT + "-01");
	}

	@Test
	void traceparentVersion0x00() {
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-01.");
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-01-what-the-future-will-be-like");
	}

	@Test
	void traceparentVersion0xcc() {
		assertContinued("traceparent: cc-" + TRACE + "-" + PARENT + "-01");
		assertContinued("traceparent: cc-" + TRACE + "-" + PARENT + "-01-what-the-future-will-be-like");
		assertNew("traceparent: cc-" + TRACE + "-" + PARENT + "-01.what-the-future-will-be-like");
	}

	@Test
	void traceparentVersion0xff() {
		assertNew("traceparent: ff-" + TRACE + "-" + PARENT + "-01");
	}

	@Test
	void traceparentVersionIllegalCharacters() {
		assertNew("traceparent: .0-" + TRACE + "-" + PARENT + "-01");
		assertNew("traceparent: 0.-" + TRACE + "-" + PARENT + "-01");
	}

	@Test
	void traceparentVersionTooLong() {
		assertNew("traceparent: 000-" + TRACE + "-" + PARENT + "-01");
		assertNew("traceparent: 0000-" + TRACE + "-" + PARENT + "-01");
	}

	@Test
	void traceparentVersionTooShort() {
		assertNew("traceparent: 0-" + TRACE + "-" + PARENT + "-01");
	}

	@Test
	void traceparentTraceIdAllZero() {
		assertThat(call("traceparent: 00-" + "0".repeat(32) + "-" + PARENT + "-01").trace())
			.isNotEqualTo("0".repeat(32));
	}

	@Test
	void traceparentTraceIdIllegalCharacters() {
		assertThat(call("traceparent: 00-." + TRACE.substring(1) + "-" + PARENT + "-01").trace())
			.doesNotContain(TRACE.substring(1));
		assertThat(call("traceparent: 00-" + TRACE.substring(0, 31) + ".-" + PARENT + "-01").trace())
			.doesNotContain(TRACE.substring(0, 31));
	}

	@Test
	void traceparentTraceIdTooLong() {
		assertThat(call("traceparent: 00-" + TRACE + "3-" + PARENT + "-01").trace()).isNotIn(TRACE,
				TRACE.substring(1) + "3");
	}

	@Test
	void traceparentTraceIdTooShort() {
		assertThat(call("traceparent: 00-" + TRACE.substring(0, 31) + "-" + PARENT + "-01").trace())
			.doesNotContain(TRACE.substring(0, 31));
	}

	@Test
	void traceparentParentIdAllZero() {
		assertNew("traceparent: 00-" + TRACE + "-0000000000000000-01");
	}

	@Test
	void traceparentParentIdIllegalCharacters() {
		assertNew("traceparent: 00-" + TRACE + "-.234567890123456-01");
		assertNew("traceparent: 00-" + TRACE + "-123456789012345.-01");
	}

	@Test
	void traceparentParentIdTooLong() {
		assertNew("traceparent: 00-" + TRACE + "-12345678901234567-01");
	}

	@Test
	void traceparentParentIdTooShort() {
		assertNew("traceparent: 00-" + TRACE + "-123456789012345-01");
	}

	@Test
	void traceparentTraceFlagsIllegalCharacters() {
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-.0");
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-0.");
	}

	@Test
	void traceparentTraceFlagsTooLong() {
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-001");
	}

	@Test
	void traceparentTraceFlagsTooShort() {
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-1");
	}

	@Test
	void traceparentOwsHandling() {
		assertContinued("traceparent:  00-" + TRACE + "-" + PARENT + "-01");
		assertContinued("traceparent: \t00-" + TRACE + "-" + PARENT + "-01");
		assertContinued("traceparent: 00-" + TRACE + "-" + PARENT + "-01 ");
		assertContinued("traceparent: 00-" + TRACE + "-" + PARENT + "-01\t");
		assertContinued("traceparent: \t 00-" + TRACE + "-" + PARENT + "-01 \t");
	}

	@Test
	void tracestateIncludedTraceparentMissing() {
		assertThat(call("tracestate: foo=1").tracestate()).isEmpty();
		assertThat(call("tracestate: foo=1,bar=2").tracestate()).isEmpty();
	}

	@Test
	void tracestateIncludedTraceparentIncluded() {
		assertTracestate(Map.of("foo", "1", "bar", "2"), "tracestate: foo=1,bar=2");
	}

	@Test
	void tracestateHeaderName() {
		assertNoTracestate("trace-state: foo=1");
		assertNoTracestate("trace.state: foo=1");
	}

	@Test
	void tracestateHeaderNameValidCasing() {
		assertTracestate(Map.of("foo", "1"), "TraceState: foo=1");
		assertTracestate(Map.of("foo", "1"), "TrAcEsTaTe: foo=1");
		assertTracestate(Map.of("foo", "1"), "TRACESTATE: foo=1");
	}

	@Test
	void tracestateEmptyHeader() {
		assertNoTracestate("tracestate: ");
		assertTracestate(Map.of("foo", "1"), "tracestate: foo=1", "tracestate: ");
		assertTracestate(Map.of("foo", "1"), "tracestate: ", "tracestate: foo=1");
	}

	@Test
	void tracestateMultipleHeadersDifferentKeys() {
		assertThat(call(TRACEPARENT, "tracestate: foo=1,bar=2", "tracestate: rojo=1,congo=2", "tracestate: baz=3")
			.tracestate()
			.toString()).isEqualTo("{foo=1, bar=2, rojo=1, congo=2, baz=3}");
	}

	@Test
	void tracestateDuplicatedKeys() {
		assertNoTracestate("tracestate: foo=1,foo=1");
		assertNoTracestate("tracestate: foo=1,foo=2");
		assertNoTracestate("tracestate: foo=1", "tracestate: foo=1");
		assertNoTracestate("tracestate: foo=1", "tracestate: foo=2");
	}

	@Test
	void tracestateAllAllowedCharacters() {
		String key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
		String value = IntStream.rangeClosed(' ', '~')
			.filter((character) -> character != ',' && character != '=')
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
		assertTracestate(Map.of(key, value), "tracestate: " + key + "=" + value);
		assertTracestate(Map.of(key + "@a-z0-9_-*/", value), "tracestate: " + key + "@a-z0-9_-*/=" + value);
	}

	@Test
	void tracestateOwsHandling() {
		Map<String, String> three = Map.of("foo", "1", "bar", "2", "baz", "3");
		assertTracestate(three, "tracestate: foo=1 \t , \t bar=2, \t baz=3");
		assertTracestate(three, "tracestate: foo=1\t \t,\t \tbar=2,\t \tbaz=3");
		for (String padded : List.of(" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t")) {
			assertTracestate(Map.of("foo", "1"), "tracestate: " + padded);
		}
	}

	@Test
	void tracestateKeyIllegalCharacters() {
		assertNoTracestate("tracestate: foo =1");
		assertNoTracestate("tracestate: FOO=1");
		assertNoTracestate("tracestate: foo.bar=1");
	}

	@Test
	void tracestateKeyIllegalVendorFormat() {
		assertNoTracestate("tracestate: foo@=1,bar=2");
		assertNoTracestate("tracestate: @foo=1,bar=2");
		assertNoTracestate("tracestate: foo@@bar=1,bar=2");
		assertNoTracestate("tracestate: foo@bar@baz=1,bar=2");
	}

	@Test
	void tracestateMemberCountLimit() {
		Call call = call(TRACEPARENT, "tracestate: " + members(1, 10), "tracestate: " + members(11, 20),
				"tracestate: " + members(21, 30), "tracestate: " + members(31, 32));
		assertThat(call.tracestate()).hasSize(32).containsEntry("bar1", "1").containsEntry("bar32", "32");
		assertNoTracestate("tracestate: " + members(1, 10), "tracestate: " + members(11, 20),
				"tracestate: " + members(21, 30), "tracestate: " + members(31, 33));
	}

	private static String members(int first, int last) {
		return String.join(",",
				IntStream.rangeClosed(first, last).mapToObj((index) -> "bar" + index + "=" + index).toList());
	}

	@Test
	void tracestateKeyLengthLimit() {
		assertTracestate(Map.of("foo", "1", "z".repeat(256), "1"), "tracestate: foo=1",
				"tracestate: " + "z".repeat(256) + "=1");
		assertNoTracestate("tracestate: foo=1", "tracestate: " + "z".repeat(257) + "=1");
		String longest = "t".repeat(241) + "@" + "v".repeat(14);
		assertTracestate(Map.of("foo", "1", longest, "1"), "tracestate: foo=1", "tracestate: " + longest + "=1");
		assertNoTracestate("tracestate: foo=1", "tracestate: " + "t".repeat(242) + "@v=1");
		assertNoTracestate("tracestate: foo=1", "tracestate: t@" + "v".repeat(15) + "=1");
	}

	@Test
	void tracestateValueIllegalCharacters() {
		assertNoTracestate("tracestate: foo=bar=baz");
		assertNoTracestate("tracestate: foo=,bar=3");
	}

	@Test
	void multipleRequestsWithValidTraceparent() {
		List<Call> calls = calls(3, "traceparent: 00-" + TRACE + "-" + PARENT + "-01");
		assertThat(calls).extracting(Call::trace).containsOnly(TRACE);
		assertThat(calls).extracting(Call::parent).doesNotHaveDuplicates().hasSize(3);
	}

	@Test
	void multipleRequestsWithoutTraceparent() {
		assertThat(calls(3)).extracting(Call::parent).doesNotHaveDuplicates().hasSize(3);
	}

	@Test
	void multipleRequestsWithIllegalTraceparent() {
		List<Call> calls = calls(3, "traceparent: 00-" + "0".repeat(32) + "-" + PARENT + "-01");
		assertThat(calls).extracting(Call::trace).doesNotContain("0".repeat(32));
		assertThat(calls).extracting(Call::parent).doesNotHaveDuplicates().hasSize(3);
	}

	@Test
	void propagatesRandomFlag() {
		assertThat(call("traceparent: 00-" + TRACE + "-" + PARENT + "-02").flags() & 2).isEqualTo(2);
		assertThat(call("traceparent: 00-" + TRACE + "-" + PARENT + "-03").flags()).isEqualTo(3);
	}

	/**
	 * Beyond the suite: what has no meaning yet is not sent on.
	 */
	@Test
	void unknownFlagsAreLeftOut() {
		assertThat(call("traceparent: 00-" + TRACE + "-" + PARENT + "-ff").flags()).isEqualTo(3);
		assertThat(call("traceparent: 00-" + TRACE + "-" + PARENT + "-fc").flags()).isZero();
	}

	/**
	 * Beyond the suite: upper case is no valid traceparent, and a system in a key begins
	 * with a letter.
	 */
	@Test
	void whatTheSpecificationForbidsBeyondTheSuite() {
		assertNew("traceparent: 00-" + "ABCDEF7890".repeat(3) + "12-" + PARENT + "-01");
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-0A");
		assertNew("traceparent: 00-" + TRACE + "-" + PARENT + "-01,00-" + TRACE + "-" + PARENT + "-01");
		assertNoTracestate("tracestate: foo@1bar=1");
	}

	private void assertNew(String header) {
		Call call = call(header);
		assertThat(call.trace()).as(header).isNotEqualToIgnoringCase(TRACE);
		assertThat(header).doesNotContainIgnoringCase(call.trace());
	}

	private void assertContinued(String header) {
		assertThat(call(header).trace()).as(header).isEqualTo(TRACE);
	}

	private void assertTracestate(Map<String, String> expected, String... headers) {
		Call call = call(withTraceparent(headers));
		assertThat(call.trace()).isEqualTo(TRACE);
		assertThat(call.tracestate()).as(Arrays.toString(headers)).isEqualTo(expected);
	}

	private void assertNoTracestate(String... headers) {
		assertTracestate(Map.of(), headers);
	}

	private static String[] withTraceparent(String... headers) {
		List<String> all = new ArrayList<>(List.of(TRACEPARENT));
		all.addAll(List.of(headers));
		return all.toArray(String[]::new);
	}

	private Call call(String... headers) {
		return calls(1, headers).get(0);
	}

	private List<Call> calls(int count, String... headers) {
		List<HttpHeaders> calls = CallingService.call(this.service, count, headers);
		assertThat(calls).hasSize(count);
		return calls.stream().map(Call::of).toList();
	}

	/**
	 * What a call of the service held.
	 *
	 * @param trace id of the trace
	 * @param parent id of the parent
	 * @param flags flags of the trace
	 * @param tracestate members of the tracestate in their order
	 */
	record Call(String trace, String parent, int flags, Map<String, String> tracestate) {

		private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

		static Call of(HttpHeaders headers) {
			assertThat(headers.getOrEmpty("traceparent")).hasSize(1);
			Matcher traceparent = TRACEPARENT.matcher(headers.getFirst("traceparent"));
			assertThat(traceparent.matches()).isTrue();
			Map<String, String> tracestate = new LinkedHashMap<>();
			for (String header : headers.getOrEmpty("tracestate")) {
				for (String member : header.split(",")) {
					assertThat(tracestate.put(member.substring(0, member.indexOf('=')),
							member.substring(member.indexOf('=') + 1)))
						.isNull();
				}
			}
			return new Call(traceparent.group(1), traceparent.group(2), Integer.parseInt(traceparent.group(3), 16),
					tracestate);
		}

	}

}
