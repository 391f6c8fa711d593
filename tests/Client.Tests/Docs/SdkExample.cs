using System.Text.Json;
using Renexus.Client.Realtime;
using Renexus.Contracts;
using Renexus.Contracts.Realtime;

namespace Renexus.Client.Tests.Docs;

/// <summary>The example of docs/sdk-csharp.md, compiled; <see cref="SdkExampleTests"/> keeps the two the same.</summary>
internal static class SdkExample
{
    public static async Task RunAsync(string password)
    {
        // example
        using var renexus = new RenexusClient(new Uri("http://localhost:5080"));
        await renexus.Accounts.LogInAsync("ada@example.com", password);

        var workspace = await renexus.Workspaces.CreateAsync("Editorial");
        var thread = await renexus.Threads.CreateAsync(workspace.Id, "Launch day");

        await using var realtime = renexus.CreateRealtime();
        realtime.StatusChanged += (_, status) => Console.WriteLine(status.State);
        realtime.Subscribe(ChannelNames.Thread(thread.Id), e =>
        {
            if (e is ChannelUpdate { Op: Ops.Create } update && update.ReadChange() is { Resource: "message" } change)
                Console.WriteLine(change.Data.Deserialize(ContractsJson.Lenient.Message)!.Body);
        });
        realtime.Start();

        var sent = await realtime.SendMessageAsync(thread.Id, new PostMessageRequest { Body = "Hello" });
        Console.WriteLine($"Kept at place {sent.Version} of its thread.");
        // end
    }
}
