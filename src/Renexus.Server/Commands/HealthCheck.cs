using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Commands;

/// <summary>For a container's health check: asks <c>/health</c> of the server with this configuration, and ends with 0 if it serves.</summary>
internal static class HealthCheck
{
    public static async Task<int> RunAsync(string[] settings, CancellationToken stop)
    {
        var configuration = WebApplication.CreateSlimBuilder(settings).Configuration;
        var address = new Uri(new Uri(RenexusConfiguration.Reachable(RenexusConfiguration.Urls(configuration)[0])), "/health");
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using var answer = await client.GetAsync(address, stop);
            Console.WriteLine(await answer.Content.ReadAsStringAsync(stop));
            return answer.IsSuccessStatusCode ? 0 : CommandLine.Failed;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine($"{address} does not answer ({(e.InnerException ?? e).Message}).");
            return CommandLine.Failed;
        }
    }
}
