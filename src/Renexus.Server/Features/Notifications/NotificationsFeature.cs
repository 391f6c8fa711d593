using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Notifications;

/// <summary>What people are told, where, and how they choose it (NO-1, docs/spec/notifications.md). Features tell by <see cref="Notices"/>.</summary>
internal static class NotificationsFeature
{
    public static WebApplicationBuilder AddNotifications(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<Notices>();
        services.AddSingleton<UnsubscribeLinks>();
        services.AddSingleton<NotificationMails>();
        services.AddMailKind<NotificationMails>(NotificationMails.One, mails => mails.WriteOneAsync);
        services.AddMailKind<NotificationMails>(NotificationMails.Many, mails => mails.WriteDigestAsync);
        services.AddRecurring<Digests>(Digests.Look, Digests.Quarterly, digests => digests.LookAsync);
        services.AddJob<Digests, Digests.DueDigest>(Digests.Kind, digests => digests.SendAsync);
        services.AddRecurring<NotificationRetention>(NotificationRetention.Kind, NotificationRetention.Daily, retention => retention.RunAsync);
        services.AddSingleton(OwnNotifications.Export);
        services.AddSingleton(OwnNotifications.ExportSettings);
        return builder;
    }

    public static IEndpointRouteBuilder MapNotifications(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/api/notifications").WithTags("Notifications").ProducesProblem(StatusCodes.Status401Unauthorized);
        own.MapGet("/", ListNotifications.HandleAsync).WithSummary("What you were told, newest first");
        own.MapPost("/read", ReadNotifications.HandleAsync).WithSummary("Mark notifications read");
        own.MapGet("/settings", NotificationChoices.GetAsync).WithName("getNotificationSettings").WithSummary("How you are told of what");
        own.MapPatch("/settings", NotificationChoices.UpdateAsync).WithName("updateNotificationSettings").WithSummary("Choose how you are told of what")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);

        var link = routes.MapGroup("/api/notifications/unsubscribe").WithTags("Notifications").AllowAnonymous();
        link.MapGet("/", UnsubscribeLinks.Show).WithName("showUnsubscribe").WithSummary("The page behind the link of a mail");
        link.MapPost("/", UnsubscribeLinks.FollowAsync).WithName("unsubscribe").WithSummary("End such mails, by the link of one")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }
}
