using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Renexus.Server.Tests.Architecture;

namespace Renexus.Server.Tests.Peers;

/// <summary>
/// One of the programs in <c>tests/Node</c>: other people's implementations, in a process of their own. Their packages are installed from the
/// lock file when they are first needed; without npm or a registry the tests that need them are skipped, in CI they fail.
/// </summary>
internal sealed class NodePeer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(4);
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Node");
    private static readonly Lazy<Task<string?>> Installing = new(InstallAsync);

    private readonly Process process;
    private readonly SemaphoreSlim turn = new(1);

    private NodePeer(Process process) => this.process = process;

    /// <summary>Starts a program of the folder; skips the test where that cannot be.</summary>
    public static async Task<NodePeer> StartAsync(string program)
    {
        if (await Installing.Value is { } reason)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") is "true" or "1", reason);
            Assert.Skip(reason);
        }

        var start = new ProcessStartInfo("node", [Path.Combine(Folder, program)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = Folder,
        };
        var started = Process.Start(start)!;
        // Its warnings are its own affair, but an unread pipe would stop it.
        _ = started.StandardError.ReadToEndAsync();
        return new NodePeer(started);
    }

    /// <summary>Has it do something; answers what came of it.</summary>
    public async Task<JsonElement> AskAsync(string command, object? input = null)
    {
        var answer = await TryAsync(command, input);
        return answer.TryGetProperty("value", out var value) ? value : throw new InvalidOperationException($"{command}: {answer}");
    }

    /// <summary>Has it do something that it may refuse: <c>value</c> or <c>error</c>.</summary>
    public async Task<JsonElement> TryAsync(string command, object? input = null)
    {
        var request = JsonSerializer.SerializeToNode(input ?? new { })!.AsObject();
        request["command"] = command;
        await turn.WaitAsync();
        try
        {
            await process.StandardInput.WriteLineAsync(request.ToJsonString());
            await process.StandardInput.FlushAsync();
            var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            return JsonElement.Parse(line ?? throw new InvalidOperationException($"{command}: the program ended."));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
        turn.Dispose();
    }

    /// <summary>Null when everything is there; else why not.</summary>
    private static async Task<string?> InstallAsync()
    {
        // npm writes its own record of what it installed; the lock file newer than that means that it is out of date.
        var (wanted, installed) = (Path.Combine(Folder, "package-lock.json"), Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(wanted))
            return null;

        try
        {
            var start = new ProcessStartInfo("npm", ["ci", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=20000"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Folder,
            };
            using var npm = Process.Start(start)!;
            var complaint = npm.StandardError.ReadToEndAsync();
            _ = npm.StandardOutput.ReadToEndAsync();
            await npm.WaitForExitAsync().WaitAsync(InstallPatience);
            return npm.ExitCode == 0 ? null : $"The packages of tests/Node could not be installed: {(await complaint).Trim().Split('\n')[0]}";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or TimeoutException)
        {
            return $"The packages of tests/Node could not be installed: {e.Message}";
        }
    }
}
