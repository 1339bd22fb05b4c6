package io.kosmos.tracing.autoconfigure.redaction;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;

/**
 * A span with less in it.
 */
final class RedactedSpan extends DelegatingSpanData {

	private final String name;

	private final StatusData status;

	private final Attributes attributes;

	private final List<EventData> events;

	private final List<LinkData> links;

	private final SpanContext context;

	private final SpanContext parent;

	private final Resource resource;

	private final InstrumentationScopeInfo scope;

	RedactedSpan(SpanData span, String name, StatusData status, Attributes attributes, List<EventData> events,
			List<LinkData> links, SpanContext context, SpanContext parent, Resource resource,
			InstrumentationScopeInfo scope) {
		super(span);
		this.name = name;
		this.status = status;
		this.attributes = attributes;
		this.events = events;
		this.links = links;
		this.context = context;
		this.parent = parent;
		this.resource = resource;
		this.scope = scope;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public StatusData getStatus() {
		return this.status;
	}

	@Override
	public Attributes getAttributes() {
		return this.attributes;
	}

	@Override
	public List<EventData> getEvents() {
		return this.events;
	}

	@Override
	public List<LinkData> getLinks() {
		return this.links;
	}

	@Override
	public SpanContext getSpanContext() {
		return this.context;
	}

	@Override
	public SpanContext getParentSpanContext() {
		return this.parent;
	}

	@Override
	public Resource getResource() {
		return this.resource;
	}

	@Override
	public InstrumentationScopeInfo getInstrumentationScopeInfo() {
		return this.scope;
	}

	@Override
	@Deprecated
	@SuppressWarnings("deprecation")
	public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
		return InstrumentationLibraryInfo.create(this.scope.getName(), this.scope.getVersion(),
				this.scope.getSchemaUrl());
	}

}
