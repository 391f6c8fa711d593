using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Renexus.Server.Postgres;

/// <summary>The folder of the embedded database: its files, its password, and the lock that makes this process its only server.</summary>
internal sealed class PostgresDirectory : IDisposable
{
    /// <summary>How the name of a folder for sockets begins.</summary>
    public const string SocketsPrefix = "renexus-";

    // PostgreSQL would take a living stranger with this number for a server; a number beyond every system's limit is nobody's.
    private const int NoSuchProcess = int.MaxValue;

    private readonly string root;
    private FileStream? hold;

    public PostgresDirectory(string root, string sockets)
    {
        this.root = root;
        Sockets = sockets;
    }

    /// <summary>What PostgreSQL itself calls its data directory.</summary>
    public string Data => Path.Combine(root, "data");

    /// <summary>Where the Unix socket is: somewhere short, since its path may have 107 bytes.</summary>
    public string Sockets { get; }

    public string PasswordFile => Path.Combine(root, "password");

    private string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>The process number of the running PostgreSQL, or of the last one if that was killed.</summary>
    public int? Postmaster => PostmasterOf(ReadPidFile());

    /// <summary>Takes the folder for this process.</summary>
    public void Lock()
    {
        Directory.CreateDirectory(root);
        try
        {
            hold = new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StartupException(
                $"Another Renexus server uses the data directory {Path.GetDirectoryName(root)}: stop it, or choose another directory with Renexus:DataDirectory.", e);
        }
    }

    /// <summary>Makes a database cluster if there is none; refuses one that these programs cannot read.</summary>
    public async Task PrepareAsync(PostgresBinaries binaries, PostgresAccount account, bool durable, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(Data, "PG_VERSION")))
        {
            var major = (await File.ReadAllTextAsync(Path.Combine(Data, "PG_VERSION"), cancellationToken)).Trim();
            if (major != binaries.Major.ToString(CultureInfo.InvariantCulture))
                throw new StartupException(
                    $"The data directory {Path.GetDirectoryName(root)} holds a database of PostgreSQL {major}, this Renexus brings {binaries.Major}: " +
                    "start the version of Renexus that made it and take a backup, or choose another directory with Renexus:DataDirectory.");
            account.Own(root);
            return;
        }

        await CreateAsync(binaries, account, durable, cancellationToken);
    }

    /// <summary>Deals with a PostgreSQL that an earlier, killed server left here, and with what a killed PostgreSQL left.</summary>
    public async Task ClearRemainsAsync(PostgresAccount account, TimeProvider time, CancellationToken cancellationToken)
    {
        var remains = ReadPidFile();
        if (PostmasterOf(remains) is not { } pid || pid == NoSuchProcess)
            return;

        // Its watchdog has told it to stop, or died too. We hold the lock, so it serves nobody that lives.
        if (Find(pid) is { ProcessName: "postgres" } orphan)
            await EndAsync(orphan, account, time, cancellationToken);

        // The file stays: with the shared memory it names, PostgreSQL recognizes workers that outlived their killed postmaster.
        if (Postmaster == pid)
            await File.WriteAllLinesAsync(PidFile, [NoSuchProcess.ToString(CultureInfo.InvariantCulture), .. remains.Skip(1)], cancellationToken);

        if (remains.ElementAtOrDefault(4) is { } sockets && Path.GetFileName(sockets).StartsWith(SocketsPrefix, StringComparison.Ordinal) && Directory.Exists(sockets))
            Directory.Delete(sockets, recursive: true);
    }

    /// <summary>The folder for the socket, which nobody but the account can enter.</summary>
    public void MakeSockets(PostgresAccount account)
    {
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(Sockets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        account.Own(Sockets);
    }

    public void Dispose() => hold?.Dispose();

    // Made under another name first, so that an interrupted initdb never looks finished.
    private async Task CreateAsync(PostgresBinaries binaries, PostgresAccount account, bool durable, CancellationToken cancellationToken)
    {
        var work = Data + ".new";
        foreach (var unfinished in (string[])[work, Data])
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }

        await WritePasswordAsync(cancellationToken);
        account.Own(root);
        // The built-in C.UTF-8 sorts by code point and, unlike ICU's or the system's, never changes with a library.
        List<string> arguments =
        [
            "-D", work, "-U", "renexus", "--pwfile", PasswordFile, "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums",
        ];
        if (!durable)
            arguments.Add("--no-sync");
        else if (OperatingSystem.IsLinux())
            arguments.Add("--sync-method=syncfs"); // once for all files, seconds faster than one by one

        using var initdb = Process.Start(account.Start(binaries.Initdb, arguments))!;
        var output = initdb.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await initdb.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await initdb.WaitForExitAsync(cancellationToken);
        if (initdb.ExitCode != 0)
            throw new StartupException($"The embedded database could not be created in {root}: {errors.ReplaceLineEndings(" ").Trim()}");
        Directory.Move(work, Data);
    }

    private async Task WritePasswordAsync(CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(PasswordFile, options);
        await file.WriteAsync(RandomNumberGenerator.GetHexString(48, lowercase: true).AsMemory(), cancellationToken);
    }

    // A PostgreSQL that is just ending may take it away at any moment.
    private string[] ReadPidFile()
    {
        try
        {
            return File.ReadAllLines(PidFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static int? PostmasterOf(string[] lines) =>
        int.TryParse(lines.FirstOrDefault(), CultureInfo.InvariantCulture, out var pid) ? pid : null;

    private static Process? Find(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // A fast shutdown, an immediate one, and what nothing withstands.
    private static async Task EndAsync(Process orphan, PostgresAccount account, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var signal in (string[])["INT", "QUIT", "KILL"])
        {
            using var kill = Process.Start(account.Start("/bin/sh", "-c", $"kill -{signal} {orphan.Id}"))!;
            try
            {
                await orphan.WaitForExitAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(10), time, cancellationToken);
                return;
            }
            catch (TimeoutException)
            {
                // The next one is rougher.
            }
        }
    }
}
