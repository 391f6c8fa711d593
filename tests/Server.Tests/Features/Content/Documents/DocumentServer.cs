using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Content.Documents;

/// <summary>A server whose documents reach their limits soon.</summary>
public sealed class DocumentServer : TestServer
{
    public const int MostCharacters = 10_000;
    public const int RebaseUpdates = 100;
    public const int SnapshotUpdates = 10;
    public const int PushesPerMinute = 200;

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        .. base.Settings,
        new("Renexus:Content:BodyCharacters", $"{MostCharacters}"),
        new("Renexus:Content:RebaseUpdates", $"{RebaseUpdates}"),
        new("Renexus:Content:SnapshotUpdates", $"{SnapshotUpdates}"),
        new("Renexus:Content:SettleAfter", "1"),
        new("Renexus:Limits:DocumentPushesPerMinute", $"{PushesPerMinute}"),
    ];
}
