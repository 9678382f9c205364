import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;
import org.hl7.fhir.utilities.settings.FhirSettings;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.validation.IgLoader;
import org.hl7.fhir.validation.ValidationEngine;
import org.hl7.fhir.validation.instance.InstanceValidator;
import org.hl7.fhir.validation.instance.advisor.BasePolicyAdvisorForFullValidation;

/**
 * Runs the HL7 Java validator over a list of jobs, without a network and without a terminology server.
 *
 * Arguments: a file of settings for the validator, jobs (NDJSON), where to write the answers (NDJSON). A job is either
 * {"core": "NAME#VERSION", "release": "4.0.1", "common": ["NAME#VERSION", ...], "packages": [NAME#VERSION or FILE, ...]}, which sets up an engine for those that
 * follow, or {"id", "file", "format", "load": [FILE, ...], "profiles": [URL, ...], and the options below}. An answer is
 * {"id", "issues": [{"severity", "place", "rule", "text"}]}, or {"id", "failed"} where the validator itself broke.
 */
public class Driver {
  private static String lastOptions = "";
  private static InstanceValidator last;

  public static void main(String[] arguments) throws Exception {
    FhirSettings.setExplicitFilePath(arguments[0]);
    Map<String, ValidationEngine> bases = new HashMap<>();
    ValidationEngine engine = null;
    try (BufferedReader jobs = Files.newBufferedReader(Path.of(arguments[1]));
        BufferedWriter answers = Files.newBufferedWriter(Path.of(arguments[2]))) {
      for (String line = jobs.readLine(); line != null; line = jobs.readLine()) {
        JsonObject job = JsonParser.parseString(line).getAsJsonObject();
        if (job.has("core")) {
          engine = engine(bases, job);
        } else {
          answers.write(answer(engine, job) + "\n");
        }
      }
    }
  }

  private static ValidationEngine engine(Map<String, ValidationEngine> bases, JsonObject job) throws Exception {
    String core = text(job, "core");
    List<String> common = list(job, "common");
    ValidationEngine base = bases.get(core + common);
    if (base == null) {
      base = new ValidationEngine.ValidationEngineBuilder()
          .withVersion(text(job, "release"))
          .withNoTerminologyServer()
          .withCanRunWithoutTerminologyServer(true)
          .fromSource(core);
      load(base, common);
      bases.clear();
      bases.put(core + common, base);
    }
    return with(base, list(job, "packages"));
  }

  private static ValidationEngine with(ValidationEngine base, List<String> sources) throws Exception {
    ValidationEngine engine = new ValidationEngine(base);
    engine.setIgLoader(new IgLoader(engine.getPcm(), engine.getContext(), engine.getVersion(), false));
    load(engine, sources);
    return engine;
  }

  private static void load(ValidationEngine engine, List<String> sources) throws Exception {
    for (String source : sources) {
      engine.getIgLoader().loadIg(engine.getIgs(), engine.getBinaries(), source, false);
    }
    engine.prepare();
  }

  private static JsonObject answer(ValidationEngine shared, JsonObject job) {
    JsonObject answer = new JsonObject();
    answer.addProperty("id", text(job, "id"));
    try {
      ValidationEngine engine = list(job, "load").isEmpty() ? shared : with(shared, list(job, "load"));
      InstanceValidator validator = engine == shared ? reused(engine, job) : validator(engine, job);
      List<StructureDefinition> profiles = new ArrayList<>();
      for (String url : list(job, "profiles")) {
        StructureDefinition profile = engine.getContext().fetchResource(StructureDefinition.class, url);
        if (profile != null) {
          profiles.add(profile);
        }
      }
      List<ValidationMessage> found = new ArrayList<>();
      byte[] content = Files.readAllBytes(new File(text(job, "file")).toPath());
      validator.validate(null, found, new java.io.ByteArrayInputStream(content), format(job), profiles);
      answer.add("issues", issues(found));
    } catch (Throwable fault) {
      answer.addProperty("failed", fault.getClass().getSimpleName() + ": " + fault.getMessage());
    }
    return answer;
  }

  private static InstanceValidator reused(ValidationEngine engine, JsonObject job) throws Exception {
    String options = engine.hashCode() + " " + list(job, "profiles") + format(job) + flag(job, "security")
        + flag(job, "publication") + flag(job, "example_urls") + flag(job, "any_extension") + list(job, "extension_domains")
        + list(job, "beside") + text(job, "references");
    if (!options.equals(lastOptions)) {
      last = validator(engine, job);
      lastOptions = options;
    }
    return last;
  }

  private static InstanceValidator validator(ValidationEngine engine, JsonObject job) throws Exception {
    engine.setSecurityChecks(flag(job, "security"));
    engine.setForPublication(flag(job, "publication"));
    engine.setAllowExampleUrls(flag(job, "example_urls"));
    InstanceValidator validator = engine.getValidator(format(job));
    validator.setFetcher(new Beside(engine.getContext(), list(job, "beside")));
    ReferenceValidationPolicy policy = job.has("references")
        ? ReferenceValidationPolicy.valueOf(text(job, "references"))
        : ReferenceValidationPolicy.IGNORE;
    validator.setPolicyAdvisor(new BasePolicyAdvisorForFullValidation(policy, null));
    validator.setAnyExtensionsAllowed(flag(job, "any_extension"));
    validator.getExtensionDomains().addAll(list(job, "extension_domains"));
    validator.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
    validator.setNoCheckAggregation(false);
    return validator;
  }

  private static JsonArray issues(List<ValidationMessage> found) {
    JsonArray issues = new JsonArray();
    for (ValidationMessage each : found) {
      JsonObject issue = new JsonObject();
      issue.addProperty("severity", each.getLevel().toCode());
      issue.addProperty("place", each.getLocation());
      issue.addProperty("rule", each.getInvId() != null ? each.getInvId() : each.getMessageId());
      issue.addProperty("text", each.getMessage());
      issues.add(issue);
    }
    return issues;
  }

  private static FhirFormat format(JsonObject job) {
    return "xml".equals(text(job, "format")) ? FhirFormat.XML : FhirFormat.JSON;
  }

  private static String text(JsonObject job, String name) {
    return job.has(name) ? job.get(name).getAsString() : null;
  }

  private static boolean flag(JsonObject job, String name) {
    return job.has(name) && job.get(name).getAsBoolean();
  }

  private static List<String> list(JsonObject job, String name) {
    List<String> found = new ArrayList<>();
    if (job.has(name)) {
      for (JsonElement each : job.getAsJsonArray(name)) {
        found.add(each.getAsString());
      }
    }
    return found;
  }
}
