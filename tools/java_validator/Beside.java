import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.elementmodel.Manager;
import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.model.CanonicalResource;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.IValidatorResourceFetcher;

/** Finds what a reference `Type/id` leads to among the files of a folder, and nothing else anywhere. */
class Beside implements IValidatorResourceFetcher {
  private final IWorkerContext context;
  private final List<String> folders;

  Beside(IWorkerContext context, List<String> folders) {
    this.context = context;
    this.folders = folders;
  }

  @Override
  public Element fetch(IResourceValidator validator, Object application, String reference) throws IOException {
    if (!reference.matches("[A-Za-z]+/[A-Za-z0-9.-]{1,64}")) {
      return null;
    }
    String name = reference.replace('/', '-');
    for (String folder : folders) {
      for (String file : List.of(name + ".json", name.toLowerCase(Locale.ROOT) + ".json", name.toLowerCase(Locale.ROOT) + ".xml")) {
        File found = new File(folder, file);
        if (found.isFile()) {
          FhirFormat format = file.endsWith(".xml") ? FhirFormat.XML : FhirFormat.JSON;
          return Manager.parseSingle(context, new ByteArrayInputStream(Files.readAllBytes(found.toPath())), format);
        }
      }
    }
    return null;
  }

  @Override
  public boolean resolveURL(IResourceValidator validator, Object application, String path, String url,
      IWorkerContext.VersionResolutionRules rules, String type, boolean canonical, List<CanonicalType> targets) {
    return true;
  }

  @Override
  public byte[] fetchRaw(IResourceValidator validator, String url) throws IOException {
    throw new IOException("nothing is fetched");
  }

  @Override
  public IValidatorResourceFetcher setLocale(Locale locale) {
    return this;
  }

  @Override
  public CanonicalResource fetchCanonicalResource(IResourceValidator validator, Object application, String url) {
    return null;
  }

  @Override
  public boolean fetchesCanonicalResource(IResourceValidator validator, String url) {
    return false;
  }

  @Override
  public Set<ResourceVersionInformation> fetchCanonicalResourceVersions(IResourceValidator validator, Object application, String url) {
    return new HashSet<>();
  }
}
