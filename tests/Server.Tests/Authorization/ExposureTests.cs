using System.Net.Http.Json;
using System.Text.Json;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Architecture;

namespace Renexus.Server.Tests.Authorization;

/// <summary>
/// Which members each role gets in the answer of each operation, compared with exposure.txt (SEC-AUTHZ-06): a new member is a decision,
/// seen in review. <c>RENEXUS_UPDATE=1</c> writes the file anew.
/// </summary>
[Trait("security", "SEC-AUTHZ-06")]
[Trait("security", "API3")]
public sealed class ExposureTests(AuthorizationServer server) : IClassFixture<AuthorizationServer>
{
    private static readonly string Snapshot = Path.Combine(Repository.Root, "tests", "Server.Tests", "Authorization", "exposure.txt");

    /// <summary>Comes with the seal, some moment after the entry.</summary>
    private const string Later = "items[].sequence";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_role_gets_the_members_that_were_decided_on_and_no_more()
    {
        var lines = new List<string>();
        foreach (var operation in Operations.Rest.Where(o => o.About is About.InWorkspace or About.InThread or About.InDeletedWorkspace or About.Token))
        {
            var byMembers = new Dictionary<string, List<Asker>>(StringComparer.Ordinal);
            foreach (var asker in (Asker[])[Asker.Owner, Asker.Admin, Asker.Editor, Asker.Viewer, Asker.Anonymous])
            {
                // A message is edited by its author alone.
                var scene = operation.Needs is null && operation.Own is not null ? Scene.Own : Scene.Open;
                if (Judgement.Of(operation, asker, scene) is not Verdict.Allowed)
                    continue;
                var members = await MembersAsync(operation, asker, scene);
                if (!byMembers.TryGetValue(members, out var askers))
                    byMembers[members] = askers = [];
                askers.Add(asker);
            }

            lines.AddRange(byMembers.Select(pair => $"{operation.Name} [{string.Join(", ", pair.Value)}]: {pair.Key}"));
        }

        if (Environment.GetEnvironmentVariable("RENEXUS_UPDATE") is "1")
            await File.WriteAllLinesAsync(Snapshot, lines, Stop);
        else
            Assert.Equal(await File.ReadAllLinesAsync(Snapshot, Stop), lines);
    }

    private async Task<string> MembersAsync(Operation operation, Asker asker, Scene scene)
    {
        var stage = await Stage.SetAsync(server, operation, asker, scene);
        var space = operation.Name.IndexOf(' ');
        using var request = new HttpRequestMessage(new HttpMethod(operation.Name[..space]), stage.Fill(operation.Name[(space + 1)..]));
        if (stage.BodyOf(operation, scene) is { } body)
            request.Content = JsonContent.Create(body);
        using var answer = await server[asker].Client.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        if (answer.StatusCode is System.Net.HttpStatusCode.Found)
            return "the way to a file";
        Assert.True(answer.IsSuccessStatusCode, $"{operation.Name}, {asker}: {(int)answer.StatusCode} {text}");
        if (answer.Content.Headers.ContentType is { MediaType: not "application/json" } other)
            return $"a file of {other.MediaType}";
        return text.Length == 0 ? "nothing" : string.Join(' ', PathsOf(JsonElement.Parse(text), "").Except([Later]).Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> PathsOf(JsonElement element, string at) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(m => PathsOf(m.Value, at.Length == 0 ? m.Name : $"{at}.{m.Name}")),
        JsonValueKind.Array => element.GetArrayLength() == 0 ? [at + "[]"] : element.EnumerateArray().SelectMany(item => PathsOf(item, at + "[]")),
        _ => [at],
    };
}
