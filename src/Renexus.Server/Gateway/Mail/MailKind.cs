using System.Text.Json;
using Renexus.Engine.Jobs;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// Writes a mail of its kind when it is about to be sent, from what was put into the outbox; null when there is nothing to tell any more.
/// Links get their tokens here, so that none lies in the queue.
/// </summary>
internal delegate Task<MailText?> MailWriter(JsonElement data, CancellationToken cancellationToken);

/// <summary>Kinds of mails: each is a kind of job, so that operators see which of them wait, fail and died.</summary>
internal static class MailKinds
{
    /// <summary>What the names of their jobs begin with.</summary>
    public const string Prefix = "mail.";

    // A mail server may be away for a night: thirty tries are about a day.
    private static readonly RetryPolicy Patience = new() { MaxAttempts = 30 };

    /// <summary>The kind of the jobs that send such mails.</summary>
    public static JobKind<JsonElement> Of(string name) => new(Prefix + name, Queues.Email) { Retry = Patience, Timeout = TimeSpan.FromMinutes(1) };

    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddSingleton<Mailer>();
        services.AddSingleton<MailOutbox>();
        services.AddSingleton<MailSender>();
        services.AddSecretColumn(MailLetters.Column);
        return services.AddRecurring<MailLetters>(MailLetters.Forget, MailLetters.Daily, letters => letters.ForgetAsync);
    }

    /// <summary>Registers a kind of mail with who writes it; a feature does so for each kind it has.</summary>
    public static IServiceCollection AddMailKind<TWriter>(this IServiceCollection services, string name, Func<TWriter, MailWriter> writer)
        where TWriter : notnull =>
        services.AddSingleton(provider =>
        {
            var (sender, write) = (provider.GetRequiredService<MailSender>(), writer(provider.GetRequiredService<TWriter>()));
            return JobDefinition.Of(Of(name), (data, job, cancellationToken) => sender.SendAsync(write, data, job, cancellationToken));
        });
}
