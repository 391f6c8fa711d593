using System.Text.RegularExpressions;

namespace Renexus.Server.Tests.Architecture;

/// <summary>The architecture diagram: who may use whom. A new line here is a decision.</summary>
public partial class FeatureBoundaryTests
{
    /// <summary>In C#: a feature may use the public face of these.</summary>
    private static readonly Dictionary<string, string[]> Uses = new(StringComparer.Ordinal)
    {
        ["Accounts"] = ["Notifications"],
        ["Audit"] = ["Accounts"], // how devices are named
        ["Notifications"] = [], // whoever has something to tell uses it; it knows nobody
        ["Workspaces"] = ["Accounts", "Notifications"],
        ["Threads"] = ["Notifications", "Files"], // attachments
        ["Content"] = ["Notifications", "Threads", "Files"], // a comment has a thread; archives have media
        ["Search"] = [], // reads what the others publish
        ["Sync"] = [], // what an operation means is said by the features, through Gateway/Sync
        ["Operations"] = [],
        ["Exports"] = ["Accounts", "Notifications"], // tokens of links; what belongs in is said by the features, through Gateway/WorkspaceData
        ["Files"] = [],
        ["Webhooks"] = [], // what happened is read from the log
    };

    /// <summary>In SQL: what a schema shows to the other features. Everything else in it is its owner's alone.</summary>
    private static readonly HashSet<string> Published =
    [
        "accounts.person", "accounts.person_by_email", "accounts.recipient", "accounts.is_operator",
        "accounts.signing_key", // the gateway's: access tokens
        "accounts.caller_by_key", "accounts.note_use_of_key", // and API keys
        "workspaces.member", "workspaces.named",
        "threads.searchable", // what a viewer may find
        "content.searchable",
        "threads.openness",
        "threads.visible", // whose files are its readers'
        "files.ready", // what messages and content may refer to
    ];

    private static readonly string[] Below = ["Gateway", "Database"];

    private static readonly string Server = Path.Combine(Repository.Root, "src", "Renexus.Server");

    [Fact]
    public void Every_feature_is_in_the_table() => Assert.Equal(Features().Order(), Uses.Keys.Order());

    [Fact]
    public void Features_use_only_those_they_may()
    {
        var wrong =
            from feature in Features()
            from file in Directory.GetFiles(Path.Combine(Server, "Features", feature), "*.cs", SearchOption.AllDirectories)
            from other in Features()
            where other != feature && !Uses[feature].Contains(other, StringComparer.Ordinal) && Names(File.ReadAllText(file), other)
            select $"{Path.GetFileName(file)}: {feature} uses {other}";

        Findings.None(wrong);
    }

    [Fact]
    public void The_gateway_and_the_database_know_no_feature()
    {
        var wrong =
            from folder in Below
            from file in Directory.GetFiles(Path.Combine(Server, folder), "*.cs", SearchOption.AllDirectories)
            where File.ReadAllText(file).Contains("Renexus.Server.Features", StringComparison.Ordinal)
            select Path.GetFileName(file);

        Findings.None(wrong);
    }

    [Fact]
    public void Statements_touch_their_own_schema_and_what_others_publish()
    {
        var schemas = Features().Select(f => f.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var wrong =
            from found in Statements.All
            from name in QualifiedName().Matches(Comment().Replace(found.Statement.Text, "")).Select(m => m.Value)
            let schema = name.Split('.')[0]
            where schemas.Contains(schema) && schema != found.Feature?.ToLowerInvariant() && !Published.Contains(name)
            select $"{found.Owner.Name}: {found.Statement.Name} touches {name}";

        Findings.None(wrong.Distinct());
    }

    private static string[] Features() => [.. Directory.GetDirectories(Path.Combine(Server, "Features")).Select(Path.GetFileName).OfType<string>()];

    // As a using, or as a sibling namespace in front of a type.
    private static bool Names(string code, string feature) =>
        Regex.IsMatch(code, $@"Renexus\.Server\.Features\.{feature}\b|(?<![\w.""/]){feature}\.[A-Z]", RegexOptions.None, TimeSpan.FromSeconds(5));

    [GeneratedRegex(@"\b[a-z_]+\.[a-z_]+\b", RegexOptions.NonBacktracking)]
    private static partial Regex QualifiedName();

    [GeneratedRegex("--[^\n]*", RegexOptions.NonBacktracking)]
    private static partial Regex Comment();
}
