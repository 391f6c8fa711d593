using System.Net.Http.Headers;
using System.Text.Json;
using Renexus.Load.Wires;

namespace Renexus.Load.Target;

/// <summary>The people, and the threads that are open to all of them.</summary>
internal sealed record Population(IReadOnlyList<Login> Logins, IReadOnlyList<Guid> Threads)
{
    /// <summary>Where all of them are members.</summary>
    public Guid Workspace { get; init; }

    /// <summary>Connections are spread over the people.</summary>
    public Login LoginOf(int connection) => Logins[connection % Logins.Count];

    /// <summary>The version that each thread is at.</summary>
    public async Task<long[]> HeadsAsync(Uri address, IReadOnlyList<Guid> threads, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Logins[0].Token);
        var heads = new long[threads.Count];
        for (var i = 0; i < heads.Length; i++)
        {
            await using var answer = await http.GetStreamAsync(new Uri($"/api/threads/{threads[i]}", UriKind.Relative), cancellationToken);
            using var thread = await JsonDocument.ParseAsync(answer, cancellationToken: cancellationToken);
            heads[i] = thread.RootElement.GetProperty("head").GetInt64();
        }

        return heads;
    }
}
