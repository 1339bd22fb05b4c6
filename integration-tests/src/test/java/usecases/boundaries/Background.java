package usecases.boundaries;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

@Component
class Background {

	@Async
	CompletableFuture<String> run(Supplier<String> work) {
		return CompletableFuture.completedFuture(work.get());
	}

}
