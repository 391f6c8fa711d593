namespace Renexus.Server.Tests.Postgres;

/// <summary>A data directory for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"renexus-test-{Guid.CreateVersion7():n}")).FullName;
    }

    public string Path { get; }

    public string PidFile => System.IO.Path.Combine(Path, "postgres", "data", "postmaster.pid");

    public int Postmaster => int.Parse(File.ReadLines(PidFile).First());

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
