using Renexus.Testing;

namespace Renexus.Server.Tests.Postgres;

/// <summary>A data directory for one test.</summary>
internal sealed class TemporaryFolder : IAsyncDisposable
{
    public TemporaryFolder()
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"renexus-test-{Guid.CreateVersion7():n}")).FullName;
    }

    public string Path { get; }

    public string PidFile => System.IO.Path.Combine(Path, "postgres", "data", "postmaster.pid");

    public int Postmaster => int.Parse(File.ReadLines(PidFile).First());

    public async ValueTask DisposeAsync()
    {
        // The database of a killed server is gone a little later than the server.
        await Eventually.TrueAsync("PostgreSQL has left the folder", TimeSpan.FromSeconds(60), () => !IsInUse());
        Directory.Delete(Path, recursive: true);
    }

    private bool IsInUse()
    {
        try
        {
            return Processes.Runs(Postmaster);
        }
        catch (IOException)
        {
            return false; // a clean end takes the file away
        }
    }
}
