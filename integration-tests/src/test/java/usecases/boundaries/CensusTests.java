package usecases.boundaries;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.kosmos.tracing.servers.Trace;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That the {@link Census} sees what can be amiss.
 */
class CensusTests {

	private static final int REQUESTS = 2;

	private final List<RecordedSpan> spans = new ArrayList<>();

	CensusTests() {
		for (int request = 0; request < REQUESTS; request++) {
			for (RecordedSpan span : expected(request).spans()) {
				this.spans.add(change(span, "t" + request, span.parentId(), span.status(),
						Map.of(Stop.REQUEST.getKey(), Integer.toString(request), Stop.LOGGED_TRACE.getKey(),
								"t" + request, KosmosAttributes.REQUEST_ID.getKey(), Integer.toString(request))));
			}
		}
	}

	@Test
	void whatIsExpectedIsComplete() {
		assertThat(census()).isEqualTo(new Census(2, 2, 16, 2, 0, 0, 0, 0, 0, List.of()));
	}

	@Test
	void aSpanWithoutItsParentIsAnOrphan() {
		this.spans.remove(2);
		assertThat(census()).satisfies((census) -> {
			assertThat(census.complete()).isEqualTo(1);
			assertThat(census.orphans()).isEqualTo(1);
			assertThat(census.missing()).isEqualTo(1);
			assertThat(census.examples()).hasSize(1);
		});
	}

	@Test
	void aTraceInTwoPartsIsNotComplete() {
		RecordedSpan sent = this.spans.get(5);
		this.spans.set(5, change(sent, "other", "", sent.status(), sent.attributes()));
		for (int i = 6; i < 8; i++) {
			RecordedSpan span = this.spans.get(i);
			this.spans.set(i,
					change(span, "other", span.parentId(), span.status(), Map.of(Stop.REQUEST.getKey(), "0")));
		}
		assertThat(census().complete()).isEqualTo(1);
		assertThat(census().traces()).isEqualTo(3);
	}

	@Test
	void aSpanBelowAnotherParentIsNotComplete() {
		RecordedSpan span = this.spans.get(4);
		this.spans.set(4, change(span, span.traceId(), "1", span.status(), span.attributes()));
		assertThat(census().complete()).isEqualTo(1);
		assertThat(census().missing()).isZero();
	}

	@Test
	void aSpanOfAnotherRequestIsMixed() {
		RecordedSpan span = this.spans.get(3);
		this.spans.set(3, change(span, span.traceId(), span.parentId(), span.status(),
				Map.of(KosmosAttributes.REQUEST_ID.getKey(), "1")));
		assertThat(census().mixed()).isEqualTo(1);
	}

	@Test
	void aLogLineOfAnotherTraceIsMixed() {
		RecordedSpan span = this.spans.get(1);
		this.spans.set(1, change(span, span.traceId(), span.parentId(), span.status(),
				Map.of(Stop.REQUEST.getKey(), "0", Stop.LOGGED_TRACE.getKey(), "t1")));
		assertThat(census().mixed()).isEqualTo(1);
	}

	@Test
	void aSpanTwiceAndAWrongOutcomeAreNotComplete() {
		this.spans.add(this.spans.get(7));
		RecordedSpan span = this.spans.get(15);
		this.spans.set(15, change(span, span.traceId(), span.parentId(), Status.ERROR, span.attributes()));
		assertThat(census().complete()).isZero();
		assertThat(census().unexpected()).isEqualTo(1);
	}

	@Test
	void aTraceOfNoRequestIsStray() {
		RecordedSpan span = this.spans.get(0);
		this.spans.add(change(span, "ping", "", Status.UNSET, Map.of()));
		assertThat(census().stray()).isEqualTo(1);
		assertThat(census().complete()).isEqualTo(2);
		assertThat(census().toString()).contains("stray               1");
	}

	private Census census() {
		return Census.of(REQUESTS, CensusTests::expected, this.spans);
	}

	/** Of eight spans, each the only child of the one before. */
	private static Trace expected(long request) {
		return ExpectedTrace.of(Journey.of(request, Hop.WEB, Hop.KAFKA), Landscape.FRONT, Landscape.BACK);
	}

	private static RecordedSpan change(RecordedSpan span, String traceId, String parentId, Status status,
			Map<String, Object> attributes) {
		return new RecordedSpan(traceId, span.id(), parentId, span.service(), span.name(), span.kind(), status, "",
				attributes, Map.of(), List.of());
	}

}
