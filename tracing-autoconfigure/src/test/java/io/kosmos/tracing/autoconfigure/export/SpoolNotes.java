package io.kosmos.tracing.autoconfigure.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a spool told its listener.
 */
record SpoolNotes(List<Dropped> dropped, List<String> problems, List<String> recovered) implements Spool.Listener {

	SpoolNotes() {
		this(Collections.synchronizedList(new ArrayList<>()), Collections.synchronizedList(new ArrayList<>()),
				Collections.synchronizedList(new ArrayList<>()));
	}

	@Override
	public void dropped(Spooled spooled, DropReason reason) {
		this.dropped.add(new Dropped(spooled.spans(), reason));
	}

	@Override
	public void problem(String text) {
		this.problems.add(text);
	}

	@Override
	public void recovered(String text) {
		this.recovered.add(text);
	}

	record Dropped(int spans, DropReason reason) {

	}

}
