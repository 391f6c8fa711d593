using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Tests.Gateway.Mail;

[Trait("spec", "NO-1")]
[Trait("security", "ASVS-1.3.11")]
public sealed class MailTextTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("renexus-mail-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("ada@example.com", "Hello\r\nBcc: all@example.com")]
    [InlineData("ada@example.com", "Hello\nBcc: all@example.com")]
    [InlineData("ada@example.com\r\nBcc: all@example.com", "Hello")]
    [InlineData("ada@example.com", "Hello\0")]
    public async Task A_header_that_would_end_its_line_is_refused(string to, string subject)
    {
        await Assert.ThrowsAsync<FormatException>(() => SendAsync(new MailText(to, subject, ["Hello."])));

        Assert.False(Directory.Exists(Path.Combine(folder, "mail")) && Directory.GetFiles(Path.Combine(folder, "mail")).Length > 0);
    }

    [Fact]
    public async Task What_people_wrote_is_text_in_both_forms()
    {
        const string name = "<img src=x onerror=alert(1)>\"Zoë\"";

        var mail = await SendAsync(new MailText(
            "ada@example.com", "Hello", [$"{name} invites you."], new MailLink("Open it", "https://renexus.example/invite?token=a&b=c"), ["Bye."]));

        Assert.Contains($"{name} invites you.", mail, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;&quot;Zo", mail, StringComparison.Ordinal);
        var html = mail[mail.IndexOf("<!doctype", StringComparison.Ordinal)..];
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://renexus.example/invite?token=a&amp;b=c\"", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(script|img|link|iframe)|https?://(?!renexus\\.example)", html);
    }

    [Fact]
    public async Task Both_forms_are_there_the_plain_one_first_and_no_machine_answers()
    {
        var mail = await SendAsync(new MailText("ada@example.com", "Grüße", ["Hello."]));

        Assert.Contains("multipart/alternative", mail, StringComparison.Ordinal);
        Assert.True(mail.IndexOf("text/plain", StringComparison.Ordinal) < mail.IndexOf("text/html", StringComparison.Ordinal));
        Assert.Contains("Auto-Submitted: auto-generated", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Matches("(?im)^Message-ID: <[0-9a-f]{32}@renexus\\.example>", mail);
    }

    private async Task<string> SendAsync(MailText mail)
    {
        await new Mailer(new RenexusOptions { DataDirectory = folder, PublicUrl = "https://renexus.example" }).SendAsync(Guid.CreateVersion7(), mail, Stop);
        return await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(folder, "mail"))), Stop);
    }
}
