using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// Hands a mail to the configured server, or writes it to <c>DataDirectory/mail/</c> when there is none. (MailKit would be the
/// library's choice.) Operations do not call it: they put mails into the <see cref="MailOutbox"/>.
/// </summary>
internal sealed class Mailer(RenexusOptions options)
{
    /// <param name="id">The same for the same mail, so that a mailbox which gets it twice can tell.</param>
    /// <exception cref="SmtpException">The server cannot be reached or refuses.</exception>
    /// <exception cref="FormatException">It cannot be addressed, or a header of it would break out of its line.</exception>
    public async Task SendAsync(Guid id, MailText mail, CancellationToken cancellationToken)
    {
        using var message = Compose(id, mail);
        await (options.Email.Host is { Length: > 0 } host
            ? DeliverAsync(host, message, cancellationToken)
            : WriteAsync(message, cancellationToken));
    }

    private MailMessage Compose(Guid id, MailText mail)
    {
        // What people wrote gets into headers; one that ended its line could add others.
        foreach (var header in new[] { mail.To, mail.Subject })
        {
            if (header.Any(char.IsControl))
                throw new FormatException("A header of a mail must be one line.");
        }

        var message = new MailMessage(From, mail.To) { Subject = mail.Subject, SubjectEncoding = Encoding.UTF8 };
        message.Headers.Add("Message-ID", $"<{id:n}@{new Uri(options.PublicUrl!).Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.Unsubscribe is { } way)
        {
            // RFC 2369 and RFC 8058: mail programs show a button, and press it by a POST.
            message.Headers.Add("List-Unsubscribe", $"<{way}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        // The last is the one that readers prefer.
        message.AlternateViews.Add(ViewOf(mail.AsPlainText(), MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(ViewOf(mail.AsHtml(), MediaTypeNames.Text.Html));
        return message;
    }

    // Eight bits, so that links stay in one piece.
    private static AlternateView ViewOf(string content, string type)
    {
        var view = AlternateView.CreateAlternateViewFromString(content, Encoding.UTF8, type);
        view.TransferEncoding = TransferEncoding.EightBit;
        return view;
    }

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
}
