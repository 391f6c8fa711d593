using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

/// <summary>
/// The whole server under the name that its mails and passkeys carry: browsers make passkeys for names, not for addresses. Its mails are
/// read and its clock is moved on by the tests.
/// </summary>
public sealed partial class ServerByName : TestServer
{
    private CuttingProxy? network;
    private KeyValuePair<string, string>[] more = [];

    /// <summary>The address people use.</summary>
    public Uri PublicAddress => new($"http://localhost:{network!.Port}");

    public SkippingTime Time { get; } = new();

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [.. base.Settings, new("Renexus:PublicUrl", PublicAddress.GetLeftPart(UriPartial.Authority)), .. more];

    public override async ValueTask InitializeAsync()
    {
        // The name is part of the settings, so its port comes first.
        network = new CuttingProxy(() => Address.Port);
        await base.InitializeAsync();
    }

    /// <summary>Starts it with settings that depend on its address.</summary>
    public async Task InitializeWithAsync(Func<Uri, Task<KeyValuePair<string, string>[]>> settings)
    {
        network = new CuttingProxy(() => Address.Port);
        more = await settings(PublicAddress);
        await base.InitializeAsync();
    }

    /// <summary>Waits until a log-in or a step-up so far is no fresh proof any more.</summary>
    public void OutlastProofs() => Time.Skip(TimeSpan.FromMinutes(16));

    /// <summary>What the newest mail to somebody says to open, as a path of the app.</summary>
    /// <param name="not">A link that has been seen already.</param>
    public async Task<string> LinkAsync(string email, string page, string? not = null)
    {
        string? link = null;
        await Eventually.TrueAsync($"a mail to {email} that leads to {page}", TimeSpan.FromSeconds(60), () =>
        {
            link = MailsTo(email).SelectMany(mail => Links().Matches(mail)).Select(match => match.Groups["path"].Value)
                .LastOrDefault(path => path.StartsWith($"/{page}?", StringComparison.Ordinal));
            return link is not null && link != not;
        });
        return link!;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (network is not null)
            await network.DisposeAsync();
    }

    protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));

    private IEnumerable<string> MailsTo(string email)
    {
        var folder = new DirectoryInfo(Path.Combine(DataDirectory, "mail"));
        return folder.Exists
            ? folder.GetFiles("*.eml").OrderBy(file => file.LastWriteTimeUtc).Select(Read).Where(mail => mail.Contains($"To: {email}", StringComparison.OrdinalIgnoreCase))
            : [];

        static string Read(FileInfo file) => File.ReadAllText(file.FullName);
    }

    [GeneratedRegex(@"http://localhost:\d+(?<path>/[a-z/-]+\?token=[A-Za-z0-9_-]{43})", RegexOptions.NonBacktracking)]
    private static partial Regex Links();
}
