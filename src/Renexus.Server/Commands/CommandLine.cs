using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Commands;

/// <summary>
/// The program's commands. Each takes any setting as <c>--Renexus:…=value</c>. Whatever keeps one from running is said in a sentence on standard
/// error, not in a stack trace.
/// </summary>
internal static class CommandLine
{
    /// <summary>Something outside keeps the command from running.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Misused = 2;

    /// <param name="args">What was typed.</param>
    /// <param name="build">Makes the web server from settings on the command line.</param>
    /// <param name="serve">The same for one that is started at once.</param>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build, Func<string[], WebApplication> serve)
    {
        var root = new RootCommand("Renexus, the real-time content platform. Any setting may follow a command as --Renexus:KEY=VALUE; appsettings.json lists them all.")
        {
            CommandOf("serve", "Start the server (the default)", (settings, _) => ServeAsync(serve(settings))),
            CommandOf("migrate", "Bring the database's schema up to date, then end", Migrate.RunAsync),
            DoctorCommand(),
            RotateKeysCommand(build),
            AuditCommand.Create(Let),
            ImportUsers.Create(Let),
            DecodePicture.Create(),
            CommandOf("healthcheck", "Ask the server on this machine whether it is well; the exit code says it", HealthCheck.RunAsync),
        };
        Let(root, (settings, _) => ServeAsync(serve(settings)));

        return await root.Parse(args, new ParserConfiguration { EnablePosixBundling = false })
            .InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // signals are the host's: it drains first
            });
    }

    private static async Task<int> ServeAsync(WebApplication app)
    {
        await app.RunAsync();
        return 0;
    }

    private static Command DoctorCommand()
    {
        var json = new Option<bool>("--json") { Description = "Standard output is one JSON document and nothing else" };
        var command = new Command("doctor", "Look the installation over, also while the server runs; the exit code says whether it is sound") { json };
        Let(command, (parsed, settings, stop) => Doctor.RunAsync(settings, parsed.GetValue(json), stop));
        return command;
    }

    private static Command RotateKeysCommand(Func<string[], WebApplication> build)
    {
        var stage = new Option<bool>("--stage") { Description = "Only make the new key known, so that the key file can be copied to every node first" };
        var command = new Command("rotate-keys", "Give the secret fields in the database a new key, also while the server runs; run it again to go on") { stage };
        Let(command, (parsed, settings, stop) => RotateKeys.RunAsync(build, settings, parsed.GetValue(stage), stop));
        return command;
    }

    private static Command CommandOf(string name, string description, Func<string[], CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        Let(command, run);
        return command;
    }

    private static void Let(Command command, Func<string[], CancellationToken, Task<int>> run) =>
        Let(command, (_, settings, stop) => run(settings, stop));

    // Settings are the configuration's to know, so whatever looks like one is passed on.
    private static void Let(Command command, Func<ParseResult, string[], CancellationToken, Task<int>> run)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, stop) => GuardAsync(() =>
        {
            string[] settings = [.. parsed.UnmatchedTokens];
            Settings.Check(settings);
            return run(parsed, settings, stop);
        }));
    }

    private static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (StartupException e)
        {
            return Say(Failed, e.Message);
        }
        catch (InvalidConfigurationException e)
        {
            return Say(Misused, e.Message);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return Say(Failed, $"{e.Message.TrimEnd('.')}: stop the program that uses it, or choose another address with --urls=http://localhost:PORT.");
        }
    }

    private static int Say(int code, string sentence)
    {
        Console.Error.WriteLine(sentence);
        return code;
    }
}
