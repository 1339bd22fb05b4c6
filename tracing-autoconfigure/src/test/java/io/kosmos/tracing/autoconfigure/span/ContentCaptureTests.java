package io.kosmos.tracing.autoconfigure.span;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Text;
import io.kosmos.tracing.GenAiMessage.ToolCall;
import io.kosmos.tracing.autoconfigure.span.ContentProperties.Capture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class ContentCaptureTests {

	@Test
	void shouldNeedNoLibraryWhenNothingIsRecorded() {
		ContentCapture capture = ContentCapture.of(new ContentProperties(Capture.NONE, 10), 100, () -> {
			throw new AssertionError();
		});
		assertThat(capture.isOn()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 3, 10, 60, 100, 500, 5_000 })
	void shouldAlwaysFitAndBeJson(int limit) {
		ContentCapture capture = capture(Capture.FULL, 1, limit);
		List<GenAiMessage> messages = Collections.nCopies(40, new GenAiMessage("assistant",
				List.of(new Text("\"\n\u0001".repeat(100)), new ToolCall("1", "tool", "[1,[2,[3,[4]]]]")), "stop"));
		Map<String, Object> values = Map.of("a", Collections.nCopies(1_000, 12_345), "b", "x".repeat(1_000));
		for (String json : List.of(capture.messages(messages), capture.parts(messages.get(0).parts()),
				capture.values(new HashMap<>(values)), capture.value(values))) {
			assertThat(json.length()).isLessThanOrEqualTo(limit);
			JsonNode tree = JsonMapper.shared().readTree(json);
			assertThat(tree.isContainer()).isTrue();
		}
	}

	@Test
	void shouldNotSplitACharacter() {
		ContentCapture capture = capture(Capture.TRUNCATED, 2, 1_000);
		assertThat(capture.text("a😀b")).isEqualTo("a…");
		assertThat(capture.text("😀b")).isEqualTo("😀…");
	}

	@Test
	void shouldKeepWhatIsNotJsonAsText() {
		ContentCapture capture = capture(Capture.TRUNCATED, 4, 1_000);
		assertThat(capture.text("{oops}")).isEqualTo("{oop…");
		assertThat(capture.text("[1, 2] and")).isEqualTo("[1, …");
		assertThat(capture.text("{\"a\":\"12345\",\"b\":[1.50,true,null]}"))
			.isEqualTo("{\"a\":\"1234…\",\"b\":[1.50,true,null]}");
	}

	@Test
	void shouldNotLoop() {
		ContentCapture capture = capture(Capture.FULL, 1, 1_000);
		List<Object> loop = new ArrayList<>();
		loop.add(loop);
		assertThat(capture.value(loop)).hasSizeLessThanOrEqualTo(1_000);
		Tree tree = new Tree(new ArrayList<>());
		tree.children().add(tree);
		tree.children().add(tree);
		assertThat(capture.value(new Object[] { 1, tree })).hasSizeLessThanOrEqualTo(1_000);
	}

	@Test
	void shouldNotWriteMoreThanIsReasonable() {
		ContentCapture capture = capture(Capture.FULL, 1, 1_000);
		Iterable<Integer> endless = () -> Stream.iterate(1, (number) -> number + 1).iterator();
		assertThat(capture.value(endless)).hasSizeLessThanOrEqualTo(1_000);
	}

	private static ContentCapture capture(Capture capture, int maxLength, int limit) {
		return ContentCapture.of(new ContentProperties(capture, maxLength), limit,
				() -> new JacksonJson(JsonMapper.shared()));
	}

	record Tree(List<Tree> children) {

		@Override
		public String toString() {
			return "tree";
		}

	}

}
