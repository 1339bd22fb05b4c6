package io.kosmos.tracing.autoconfigure.span;

import java.io.StringWriter;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

import org.springframework.core.io.InputStreamSource;
import org.springframework.util.ClassUtils;

/**
 * JSON by Jackson 3. Objects are written as the application's mapper writes them, except
 * those that would be used up or read by it.
 */
final class JacksonJson implements JsonLibrary {

	private static final int MAX_LENGTH = 1024 * 1024;

	private static final List<String> OTHER_HANDLES = List.of("jakarta.servlet.ServletRequest",
			"jakarta.servlet.ServletResponse", "org.reactivestreams.Publisher");

	// Not the application's, which may be told to create what the JSON names.
	private static final JsonMapper plain = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private final JsonMapper mapper;

	JacksonJson(JsonMapper mapper) {
		SimpleModule handles = new SimpleModule("kosmos-tracing");
		handles.addSerializer(AutoCloseable.class, ToStringSerializer.instance);
		handles.addSerializer(Iterator.class, ToStringSerializer.instance);
		handles.addSerializer(InputStreamSource.class, ToStringSerializer.instance);
		ClassLoader classLoader = JacksonJson.class.getClassLoader();
		for (String name : OTHER_HANDLES) {
			if (ClassUtils.isPresent(name, classLoader)) {
				handles.addSerializer(ClassUtils.resolveClassName(name, classLoader), ToStringSerializer.instance);
			}
		}
		this.mapper = mapper.rebuild()
			.addModule(handles)
			.disable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.FAIL_ON_EMPTY_BEANS,
					SerializationFeature.CLOSE_CLOSEABLE)
			.build();
	}

	@Override
	public @Nullable Object read(String json) {
		String text = json.strip();
		if (!text.startsWith("{") && !text.startsWith("[")) {
			return null;
		}
		try {
			return plain.readValue(text, Object.class);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	@Override
	public @Nullable Object convert(Object value) {
		StringWriter json = new StringWriter() {

			@Override
			public void write(char[] characters, int offset, int length) {
				super.write(characters, offset, length);
				if (getBuffer().length() > MAX_LENGTH) {
					throw new IllegalStateException("JSON of more than " + MAX_LENGTH + " characters");
				}
			}

		};
		this.mapper.writeValue(json, value);
		return plain.readValue(json.toString(), Object.class);
	}

}
