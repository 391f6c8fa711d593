using System.Text.Json;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// Writes a mail of its kind when it is about to be sent, from what was put into the outbox; null when there is nothing to tell any more.
/// Links get their tokens here, so that none lies in the outbox.
/// </summary>
internal delegate Task<MailText?> MailWriter(JsonElement data, CancellationToken cancellationToken);

/// <summary>A kind of mail and who writes it; a feature registers one for each kind it has.</summary>
internal sealed record MailKind(string Name, MailWriter WriteAsync);

internal static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddSingleton<Mailer>();
        services.AddSingleton<MailOutbox>();
        services.AddHostedService<MailSender>();
        return services;
    }

    public static IServiceCollection AddMailKind<TWriter>(this IServiceCollection services, string name, Func<TWriter, MailWriter> writer)
        where TWriter : notnull =>
        services.AddSingleton(provider => new MailKind(name, writer(provider.GetRequiredService<TWriter>())));
}
