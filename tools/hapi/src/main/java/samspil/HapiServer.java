package samspil;

import ca.uhn.fhir.batch2.api.IJobMaintenanceService;
import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.batch2.jobs.export.BulkDataExportProvider;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binstore.MemoryBinaryStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.graphql.GraphQLProvider;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.searchparam.config.NicknameServiceConfig;
import ca.uhn.fhir.jpa.searchparam.submit.config.SearchParamSubmitterConfig;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.jpa.topic.SubscriptionTopicConfig;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/** A HAPI FHIR JPA server for R4 with its data in memory, on a free port of 127.0.0.1. It says {@code listening PORT}. */
public class HapiServer {

	public static void main(String[] arguments) throws Exception {
		AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext(Beans.class);
		Server server = new Server();
		ServerConnector connector = new ServerConnector(server);
		connector.setHost("127.0.0.1");
		connector.setPort(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0);
		server.addConnector(connector);
		ServletContextHandler handler = new ServletContextHandler("/");
		handler.addServlet(new ServletHolder(restful(beans)), "/fhir/*");
		server.setHandler(handler);
		server.start();
		hurry(beans.getBean(IJobMaintenanceService.class));
		System.out.println("listening " + connector.getLocalPort());
		while (System.in.read() >= 0) {} // it ends with whoever started it
		server.stop();
		beans.close();
		System.exit(0);
	}

	/** Jobs, such as a bulk export, are looked after all the time, not once a minute. */
	private static void hurry(IJobMaintenanceService jobs) {
		Thread thread = new Thread(() -> {
			while (true) {
				try {
					jobs.runMaintenancePass();
					Thread.sleep(500);
				} catch (InterruptedException end) {
					return;
				} catch (RuntimeException passing) {
					// the next pass finds the same job
				}
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	/** The servlet with every resource type, search by chain and _has, $everything, GraphQL and bulk export. */
	private static RestfulServer restful(AnnotationConfigApplicationContext beans) {
		RestfulServer server = new RestfulServer(beans.getBean(FhirContext.class));
		server.registerProviders(beans.getBean("myResourceProvidersR4", ResourceProviderFactory.class).createProviders());
		server.registerProvider(beans.getBean(JpaSystemProvider.class));
		server.registerProvider(beans.getBean(GraphQLProvider.class));
		server.registerProvider(beans.getBean(BulkDataExportProvider.class));
		server.setPagingProvider(beans.getBean(DatabaseBackedPagingProvider.class));
		server.setServerConformanceProvider(new JpaCapabilityStatementProvider(
				server,
				beans.getBean(IFhirSystemDao.class),
				beans.getBean(JpaStorageSettings.class),
				beans.getBean(ISearchParamRegistry.class),
				beans.getBean(IValidationSupport.class)));
		return server;
	}

	@Configuration
	@Import({
		JpaR4Config.class,
		HapiJpaConfig.class,
		JpaBatch2Config.class,
		Batch2JobsConfig.class,
		NicknameServiceConfig.class,
		SubscriptionSubmitterConfig.class,
		SubscriptionProcessorConfig.class,
		SubscriptionChannelConfig.class,
		SubscriptionTopicConfig.class,
		SearchParamSubmitterConfig.class,
		ThreadPoolFactoryConfig.class
	})
	public static class Beans {

		@Bean
		public JpaStorageSettings storageSettings() {
			JpaStorageSettings settings = new JpaStorageSettings();
			settings.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
			settings.setFilterParameterEnabled(true);
			settings.setReuseCachedSearchResultsForMillis(null); // what was just written is found
			return settings;
		}

		@Bean
		public SubscriptionSettings subscriptionSettings() {
			return new SubscriptionSettings();
		}

		@Bean
		public PartitionSettings partitionSettings() {
			return new PartitionSettings();
		}

		@Bean
		public IBinaryStorageSvc binaryStorage() {
			return new MemoryBinaryStorageSvcImpl();
		}

		@Bean
		public IEmailSender emailSender() {
			return details -> {};
		}

		@Bean
		public DataSource dataSource() {
			BasicDataSource source = new BasicDataSource();
			source.setDriver(new org.h2.Driver());
			source.setUrl("jdbc:h2:mem:hapi;DB_CLOSE_DELAY=-1");
			source.setMaxTotal(20);
			return source;
		}

		@Bean
		public LocalContainerEntityManagerFactoryBean entityManagerFactory(
				ConfigurableListableBeanFactory factory, FhirContext context, JpaStorageSettings settings) {
			LocalContainerEntityManagerFactoryBean made =
					HapiEntityManagerFactoryUtil.newEntityManagerFactory(factory, context, settings);
			Properties properties = new Properties();
			properties.put("hibernate.hbm2ddl.auto", "update");
			properties.put("hibernate.dialect", HapiFhirH2Dialect.class.getName());
			properties.put("hibernate.search.enabled", "false");
			made.setPersistenceUnitName("hapi");
			made.setDataSource(dataSource());
			made.setJpaProperties(properties);
			return made;
		}

		@Bean
		@Primary
		public JpaTransactionManager transactionManager(EntityManagerFactory entities) {
			return new JpaTransactionManager(entities);
		}
	}
}
