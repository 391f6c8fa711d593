using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Files.Pictures;

/// <summary>
/// Decodes pictures in a process of its own for each (FI-4): the program itself, with a command that only this gives. What is in a picture can bring down or take over no more
/// than that process, which gets no setting and no secret, and ends at its <see cref="PictureLimits"/>.
/// </summary>
internal sealed class PictureProcess
{
    /// <summary>The command that it is.</summary>
    public const string Command = "decode-picture";

    /// <summary>How it ends when it is not a picture that can be decoded.</summary>
    public const int Refused = 3;

    /// <summary>How it ends when no picture can be decoded here.</summary>
    public const int Unavailable = 4;

    private const int LongestAnswer = 16 * 1024;

    // What .NET and the system's loader need to find their way; nothing else goes along.
    private static readonly IReadOnlyList<string> Kept = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "DOTNET_ROOT", "LD_LIBRARY_PATH"];

    private readonly PictureLimits limits;

    public PictureProcess()
        : this(PictureLimits.Usual)
    {
    }

    internal PictureProcess(PictureLimits limits) => this.limits = limits;

    /// <exception cref="PictureRefusedException">It cannot be decoded, or broke its decoder.</exception>
    /// <exception cref="PicturesUnavailableException">No picture can be decoded here.</exception>
    public async Task<DecodedPicture> DecodeAsync(string source, string type, string folder, CancellationToken cancellationToken)
    {
        using var process = Start(source, type, folder);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limits.Patience);
        try
        {
            var answer = ReadAsync(process.StandardOutput, patience.Token);
            var complaint = ReadAsync(process.StandardError, patience.Token);
            await Task.WhenAll(answer, complaint);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode switch
            {
                0 => JsonSerializer.Deserialize<DecodedPicture>(await answer, Json.Options)!,
                Refused => throw new PictureRefusedException(await complaint),
                Unavailable => throw new PicturesUnavailableException(await complaint),
                var code => throw new PictureRefusedException($"Its decoder broke off ({code.ToString(CultureInfo.InvariantCulture)}), or took more than it may."),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PictureRefusedException($"Its decoder took longer than {limits.Patience}.");
        }
        catch (JsonException)
        {
            throw new PictureRefusedException("Its decoder gave an answer that makes no sense.");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string source, string type, string folder)
    {
        var (program, first) = Program;
        string[] arguments =
        [
            .. first, Command, source, type, folder, limits.Pixels.ToString(CultureInfo.InvariantCulture), limits.MemoryBytes.ToString(CultureInfo.InvariantCulture),
            limits.ProcessorSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Except(Kept, StringComparer.OrdinalIgnoreCase).ToArray())
            start.Environment.Remove(name);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "4000000"; // hexadecimal: 64 MB; the picture is not in the runtime's memory
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PicturesUnavailableException($"{program} could not be started: {e.Message}");
        }
    }

    // Where the server is run by dotnet, or by a test, that starts it; published on its own it is its own program.
    private static (string Program, string[] First) Program
    {
        get
        {
            var server = typeof(PictureProcess).Assembly;
            var name = server.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : "");
            if (Environment.ProcessPath is { } own && Path.GetFileName(own) == name)
                return (own, []);
            var dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
            return (Path.GetFullPath(dotnet), [Path.Combine(AppContext.BaseDirectory, $"{server.GetName().Name}.dll")]);
        }
    }

    // All is read, so that it never waits for its reader, and little is kept.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var kept = new char[LongestAnswer];
        var count = await reader.ReadBlockAsync(kept, cancellationToken);
        var rest = new char[1024];
        while (await reader.ReadAsync(rest, cancellationToken) > 0)
        {
        }
        return new string(kept, 0, count).Trim();
    }
}
