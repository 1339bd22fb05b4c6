package io.kosmos.samples.orchestrator;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.http.clients.read-timeout=2s")
@Import(TestBackend.class)
class DocumentsTests extends AbstractDocumentsTests {

}
