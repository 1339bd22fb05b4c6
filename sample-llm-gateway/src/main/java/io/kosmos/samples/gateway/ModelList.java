package io.kosmos.samples.gateway;

import java.util.List;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Answer to {@code GET /v1/models}.
 *
 * @param object always {@code list}
 * @param data the models
 */
record ModelList(String object, List<Model> data) {

	/**
	 * A model that can be asked for.
	 *
	 * @param id its name
	 * @param object always {@code model}
	 * @param created since when it is offered, in seconds since 1970
	 * @param ownedBy who offers it
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record Model(String id, String object, long created, String ownedBy) {

	}

}
