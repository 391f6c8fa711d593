using Renexus.Client;
using Renexus.Contracts;

namespace Renexus.Load.Target;

/// <summary>The people, the workspace and the threads of a run.</summary>
/// <param name="Tokens">An access token for each person, good for a quarter of an hour.</param>
/// <param name="Threads">The threads, open to everybody.</param>
/// <param name="Owner">For looking at the result.</param>
internal sealed record Population(IReadOnlyList<string> Tokens, IReadOnlyList<Guid> UserIds, IReadOnlyList<Guid> Threads, RenexusClient Owner) : IDisposable
{
    private const string Password = "a long enough password";

    /// <summary>Registers people (slow by design: the passwords are hashed), and makes a workspace with threads.</summary>
    public static async Task<Population> CreateAsync(Uri address, int users, int threads, CancellationToken cancellationToken)
    {
        var run = Guid.NewGuid().ToString("N")[..12];
        var clients = new RenexusClient[users];
        var people = new User[users];
        await Parallel.ForAsync(0, users, cancellationToken, async (i, token) =>
        {
            clients[i] = new RenexusClient(address);
            people[i] = await clients[i].Accounts.RegisterAsync($"load-{run}-{i}@example.com", Password, $"Load {i}", token);
        });

        var owner = clients[0];
        var workspace = await owner.Workspaces.CreateAsync($"Load {run}", cancellationToken: cancellationToken);
        foreach (var person in people.Skip(1))
            await owner.Workspaces.AddMemberAsync(workspace.Id, person.Email, Roles.Editor, cancellationToken);

        var made = new Guid[threads];
        for (var i = 0; i < threads; i++)
            made[i] = (await owner.Threads.CreateAsync(workspace.Id, $"Load {i}", cancellationToken: cancellationToken)).Id;

        var tokens = new string[users];
        for (var i = 0; i < users; i++)
            tokens[i] = await clients[i].GetAccessTokenAsync(cancellationToken);
        foreach (var client in clients.Skip(1))
            client.Dispose();
        return new Population(tokens, [.. people.Select(person => person.Id)], made, owner);
    }

    /// <summary>The version that each thread's channel is at.</summary>
    public async Task<long[]> HeadsAsync(CancellationToken cancellationToken)
    {
        var heads = new long[Threads.Count];
        for (var i = 0; i < heads.Length; i++)
            heads[i] = (await Owner.Threads.GetAsync(Threads[i], cancellationToken)).Head;
        return heads;
    }

    public void Dispose() => Owner.Dispose();
}
