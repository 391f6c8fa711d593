using System.Diagnostics;
using Renexus.Client;
using Renexus.Contracts;
using Renexus.Load.Target;
using Renexus.Load.Wires;

namespace Renexus.Load.Contestants;

/// <summary>Ours, without the limits that protect people from each other: here they would only measure themselves.</summary>
/// <param name="Program">Renexus.Server.dll.</param>
/// <param name="Data">A directory to use and to keep; null makes one for the run.</param>
/// <param name="ConnectionString">An outside PostgreSQL; null starts the embedded one.</param>
/// <param name="PostgresId">The first process of that PostgreSQL.</param>
internal sealed record RenexusServer(FileInfo Program, DirectoryInfo? Data, string? ConnectionString, int? PostgresId)
{
    private const string Password = "a long enough password";

    private static readonly string[] Unlimited =
    [
        "MessagesPerMinute", "WritesPerMinute", "DocumentPushesPerMinute", "EphemeralPerMinute", "AuthenticationPerMinute",
        "AnonymousPerMinute", "ConnectionsPerUser",
    ];

    public Task<TargetServer> StartAsync(CancellationToken cancellationToken)
    {
        var directory = Data ?? Directory.CreateTempSubdirectory("renexus-load-");
        return Launcher.StartAsync(address => Command(address, directory), new RenexusWire(), PostgresId, Data is null ? directory : null, cancellationToken);
    }

    /// <summary>Registers people (slow by design: the passwords are hashed), and makes a workspace with threads.</summary>
    public static async Task<Population> PopulateAsync(Uri address, int users, int threads, CancellationToken cancellationToken)
    {
        var run = Guid.NewGuid().ToString("N")[..12];
        var clients = new RenexusClient[users];
        var people = new User[users];
        try
        {
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

            var logins = new Login[users];
            for (var i = 0; i < users; i++)
                logins[i] = new Login(people[i].Id, await clients[i].GetAccessTokenAsync(cancellationToken));
            return new Population(logins, made) { Workspace = workspace.Id };
        }
        finally
        {
            foreach (var client in clients)
                client?.Dispose();
        }
    }

    private ProcessStartInfo Command(Uri address, DirectoryInfo directory)
    {
        var start = new ProcessStartInfo("dotnet", [Program.FullName, $"--urls={address}", $"--Renexus:DataDirectory={directory.FullName}"]);
        if (ConnectionString is not null)
            start.ArgumentList.Add($"--Renexus:Database:ConnectionString={ConnectionString}");
        foreach (var limit in Unlimited)
            start.ArgumentList.Add($"--Renexus:Limits:{limit}=0");
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        return start;
    }
}
