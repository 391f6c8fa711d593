using Renexus.Contracts;
using Renexus.Server.Features.Webhooks.Delivering;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Webhooks;

/// <summary>Tells programs outside what happens in a workspace (WH-2, docs/webhooks.md).</summary>
internal static class WebhooksFeature
{
    public static WebApplicationBuilder AddWebhooks(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<EventTypes>();
        services.AddSingleton(WebhookParts.Export);
        services.AddSingleton<EndpointLanes>();
        services.AddSingleton<EventFollower>();
        services.AddHostedService<EventFollowing>();
        services.AddSecretColumn(EndpointSecrets.Column);
        services.AddSingleton<EndpointSecrets>();

        services.AddSingleton<Delivery>();
        services.AddSingleton<DeliveryOutcomes>();
        services.AddSingleton<DisabledMail>();
        services.AddJob<Delivery, EndpointJob>(EndpointLanes.Kind, delivery => delivery.RunAsync);
        services.AddJob<Delivery, EndpointJob>(EndpointLanes.SlowKind, delivery => delivery.RunAsync);
        services.AddJob<EndpointLanes, EndpointJob>(EndpointLanes.WakeKind, lanes => lanes.WakeAsync);
        services.AddRecurring<OverdueDeliveries>(OverdueDeliveries.Kind, OverdueDeliveries.EveryMinute, overdue => overdue.RunAsync);
        services.AddRecurring<EventRetention>(EventRetention.Kind, EventRetention.Hourly, retention => retention.RunAsync);
        services.AddMailKind<DisabledMail>(DisabledMail.Kind, mail => mail.WriteAsync);
        return builder;
    }

    public static WebApplication MapWebhooks(this WebApplication app)
    {
        var inWorkspace = app.MapGroup("/api/workspaces/{workspaceId:guid}/webhooks").WithTags("Webhooks").ProducesProblem(403).ProducesProblem(404);
        inWorkspace.MapGet("/", ListWebhooks.HandleAsync).WithSummary("The endpoints of a workspace");
        inWorkspace.MapGet("/events", ListEventTypes.HandleAsync).WithSummary("The event types that endpoints can ask for");
        inWorkspace.MapPost("/", CreateWebhook.HandleAsync).WithSummary("Make an endpoint; its secret is shown this once")
            .Produces<NewWebhook>(201).ProducesProblem(409);

        var webhook = app.MapGroup("/api/webhooks/{webhookId:guid}").WithTags("Webhooks").ProducesProblem(403).ProducesProblem(404);
        webhook.MapGet("/", GetWebhook.HandleAsync).WithSummary("An endpoint");
        webhook.MapPatch("/", UpdateWebhook.HandleAsync).WithSummary("Change an endpoint, switch it on or off").ProducesProblem(412);
        webhook.MapDelete("/", DeleteWebhook.HandleAsync).WithSummary("Delete an endpoint").ProducesProblem(412);
        webhook.MapPost("/secret", RotateSecret.HandleAsync).WithSummary("Give an endpoint a new secret; the old one signs for another day");
        webhook.MapPost("/test", TestWebhook.HandleAsync).WithSummary("Send an endpoint a test event").ProducesProblem(409);
        webhook.MapGet("/deliveries", ListDeliveries.HandleAsync).WithSummary("What an endpoint was sent, the latest first");
        webhook.MapPost("/deliveries/replay", ReplayDeliveries.HandleAsync).WithSummary("Send again what happened within a time").ProducesProblem(409);
        webhook.MapGet("/deliveries/{deliveryId:guid}", GetDelivery.HandleAsync).WithSummary("A delivery with what is sent and each try");
        webhook.MapPost("/deliveries/{deliveryId:guid}/replay", ReplayDelivery.HandleAsync).WithSummary("Send a delivery again").ProducesProblem(409);
        return app;
    }
}
