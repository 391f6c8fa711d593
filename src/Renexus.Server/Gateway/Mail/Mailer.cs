using System.Net;
using System.Net.Mail;
using System.Text;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Mail;

/// <summary>A mail in plain text.</summary>
internal sealed record OutgoingMail(string To, string Subject, string Text);

/// <summary>
/// Hands mails to the configured server, or writes them to <c>DataDirectory/mail/</c> when there is none. (MailKit would be the
/// library's choice.)
/// </summary>
internal sealed partial class Mailer(RenexusOptions options, ILogger<Mailer> logger)
{
    /// <summary>Sends, or says in the log why not: what led to the mail has been committed and stands.</summary>
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        try
        {
            using var message = Compose(mail);
            await (options.Email.Host is { Length: > 0 } host
                ? DeliverAsync(host, message, cancellationToken)
                : WriteAsync(message, cancellationToken));
        }
        catch (Exception e) when (e is SmtpException or IOException or UnauthorizedAccessException)
        {
            LogNotSent(e, mail.Subject);
        }
    }

    private MailMessage Compose(OutgoingMail mail) => new(From, mail.To)
    {
        Subject = mail.Subject,
        SubjectEncoding = Encoding.UTF8,
        Body = mail.Text,
        BodyEncoding = Encoding.UTF8,
        // Links stay in one piece, for people who open the file and for programs that read it.
        BodyTransferEncoding = System.Net.Mime.TransferEncoding.EightBit,
    };

    private string From => options.Email.From is { Length: > 0 } from ? from : $"renexus@{new Uri(options.PublicUrl!).Host}";

    private async Task DeliverAsync(string host, MailMessage message, CancellationToken cancellationToken)
    {
        using var smtp = new SmtpClient(host, options.Email.Port) { EnableSsl = options.Email.Tls };
        if (options.Email.User is { Length: > 0 } user)
            smtp.Credentials = new NetworkCredential(user, options.Email.Password);
        await smtp.SendMailAsync(message, cancellationToken);
    }

    /// <summary>Written aside and then renamed, so that whoever watches the folder never reads half a mail.</summary>
    private async Task WriteAsync(MailMessage message, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.DataDirectory, "mail")).FullName;
        var aside = Directory.CreateDirectory(Path.Combine(folder, $".{Guid.CreateVersion7():N}")).FullName;
        try
        {
            using var pickup = new SmtpClient
            {
                DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory,
                PickupDirectoryLocation = aside,
            };
            await pickup.SendMailAsync(message, cancellationToken);
            foreach (var file in Directory.GetFiles(aside))
                File.Move(file, Path.Combine(folder, $"{Guid.CreateVersion7():N}.eml"));
        }
        finally
        {
            Directory.Delete(aside, recursive: true);
        }
    }

    [LoggerMessage(2901, LogLevel.Error, "Mail \"{Subject}\" could not be sent")]
    private partial void LogNotSent(Exception exception, string subject);
}
