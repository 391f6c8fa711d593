using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Files;

/// <summary>What came of an upload.</summary>
/// <param name="Head">Its first bytes.</param>
internal sealed record Assembled(long Size, byte[] Sha256, byte[] Head);

/// <summary>A folder that is gone, with what is in it, when it is left.</summary>
internal sealed record WorkFolder(string Path) : IDisposable
{
    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>How receiving bytes ended.</summary>
internal enum Reception
{
    Kept,

    /// <summary>Fewer came than were to come: nothing of it is kept.</summary>
    TooFew,

    /// <summary>More came: nothing of it is kept.</summary>
    TooMany,

    /// <summary>It is not what may come there: nothing of it is kept.</summary>
    OtherType,
}

/// <summary>
/// Files in a folder of the data directory (FI-3). What is being received has a folder of its own, where each part gets its name only once it is whole and on the disk: so
/// what was acknowledged survives any kill, and what was not leaves no half of itself. Nothing is ever held in memory as a whole.
/// </summary>
internal sealed partial class LocalFiles
{
    /// <summary>Of each part but the last; what is not larger comes in one request.</summary>
    public const long PartBytes = 8 * 1024 * 1024;

    private const string Whole = "whole";

    private readonly string root;

    public LocalFiles(RenexusOptions options, ILogger<LocalFiles> logger)
    {
        root = Path.Combine(Path.GetFullPath(options.DataDirectory), "files");
        if (!string.IsNullOrEmpty(options.Storage.S3.Bucket))
            ObjectStoreUnused(logger, root);
    }

    public static int PartsOf(long size) => size <= PartBytes ? 0 : (int)((size + PartBytes - 1) / PartBytes);

    public static (long Offset, long Size) RangeOf(int part, long size) => ((part - 1) * PartBytes, Math.Min(PartBytes, size - ((part - 1) * PartBytes)));

    /// <summary>Takes the bytes of a part, or of all when it is 0, as they come.</summary>
    public async Task<Reception> ReceiveAsync(StoragePlace place, int part, PipeReader source, long size, CancellationToken cancellationToken)
    {
        var beside = MakeBeside(place);
        try
        {
            var (received, sha256) = await WriteAsync(beside, preallocate: size, source, size, cancellationToken);
            if (received != size)
                return received > size ? Reception.TooMany : Reception.TooFew;
            File.Move(beside, part > 0 ? PartOf(place, part) : WholeOf(place, sha256), overwrite: true);
            return Reception.Kept;
        }
        finally
        {
            Discard(beside);
        }
    }

    /// <summary>Takes a picture that goes with a file, in the place of one that came before.</summary>
    public async Task<Reception> ReceivePosterAsync(StoragePlace place, PipeReader source, long maxBytes, CancellationToken cancellationToken)
    {
        var beside = MakeBeside(place);
        try
        {
            var (size, _) = await WriteAsync(beside, preallocate: 0, source, maxBytes, cancellationToken);
            if (size > maxBytes)
                return Reception.TooMany;
            var (head, _) = await HeadOfAsync(beside, cancellationToken);
            if (FileTypes.OfPicture(head) is null)
                return Reception.OtherType;
            MakeFolder(Path.GetDirectoryName(PosterOf(place))!);
            File.Move(beside, PosterOf(place), overwrite: true);
            return Reception.Kept;
        }
        finally
        {
            Discard(beside);
        }
    }

    /// <summary>Where a file's poster lies, as it came; null when none did.</summary>
    public string? FindPoster(StoragePlace place) => File.Exists(PosterOf(place)) ? PosterOf(place) : null;

    /// <summary>Takes all bytes of a file whose size only its end tells. Answers it; null when there are more than may be.</summary>
    public async Task<long?> ReceiveUpToAsync(StoragePlace place, PipeReader source, long maxBytes, CancellationToken cancellationToken)
    {
        var beside = MakeBeside(place);
        try
        {
            var (size, sha256) = await WriteAsync(beside, preallocate: 0, source, maxBytes, cancellationToken);
            if (size > maxBytes)
                return null;
            File.Move(beside, WholeOf(place, sha256), overwrite: true);
            return size;
        }
        finally
        {
            Discard(beside);
        }
    }

    /// <summary>Which parts have arrived.</summary>
    public IReadOnlySet<int> Received(StoragePlace place, long size) =>
        Enumerable.Range(1, PartsOf(size)).Where(part => new FileInfo(PartOf(place, part)) is { Exists: true } file && file.Length == RangeOf(part, size).Size).ToHashSet();

    /// <summary>Makes one file of what has arrived; null while something is missing. It may be asked for again, after a kill too, and by several at once.</summary>
    public async Task<Assembled?> AssembleAsync(StoragePlace place, long size, CancellationToken cancellationToken)
    {
        var target = PathOf(place);
        if (!File.Exists(target))
        {
            try
            {
                if (await PutTogetherAsync(place, size, target, cancellationToken) is { } made)
                    return made;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Somebody else has done it in the same moment, and cleared away after that.
            }
        }
        return File.Exists(target) ? await DescribeAsync(target, cancellationToken) : null;
    }

    private async Task<Assembled?> PutTogetherAsync(StoragePlace place, long size, string target, CancellationToken cancellationToken)
    {
        MakeFolder(Path.GetDirectoryName(target)!);
        if (FindWhole(place) is { } whole)
        {
            var sha256 = Convert.FromHexString(Path.GetExtension(whole)[1..]);
            var (head, length) = await HeadOfAsync(whole, cancellationToken);
            File.Move(whole, target, overwrite: true);
            return new Assembled(length, sha256, head);
        }
        if (PartsOf(size) is var parts && (parts == 0 || Received(place, size).Count < parts))
            return null;

        var beside = MakeBeside(place);
        try
        {
            byte[] sha256;
            await using (var file = Create(beside, size))
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                for (var part = 1; part <= parts; part++)
                    await CopyAsync(PartOf(place, part), hash, file, cancellationToken);
                file.Flush(flushToDisk: true);
                sha256 = hash.GetHashAndReset();
            }
            var (head, length) = await HeadOfAsync(beside, cancellationToken);
            File.Move(beside, target, overwrite: true);
            return new Assembled(length, sha256, head);
        }
        finally
        {
            Discard(beside);
        }
    }

    /// <summary>Forgets what came in, once it is a file.</summary>
    public void ForgetIncoming(StoragePlace place)
    {
        if (Directory.Exists(IncomingOf(place)))
            Directory.Delete(IncomingOf(place), recursive: true);
    }

    /// <summary>Reads a file from any place on; null when it is not there.</summary>
    public FileStream? Open(StoragePlace place) => OpenAt(PathOf(place));

    public FileStream? OpenPicture(StoragePlace place, int slot) => OpenAt(PictureOf(place, slot));

    /// <summary>A folder for what is made of files, gone when it is left; after a kill, with the uploads that nobody completed.</summary>
    public WorkFolder MakeWorkFolder()
    {
        var path = Path.Combine(root, "incoming", Guid.NewGuid().ToString("n"));
        MakeFolder(path);
        return new WorkFolder(path);
    }

    /// <summary>Takes a picture, called by its slot, out of this folder.</summary>
    public void KeepPicture(StoragePlace place, int slot, string folder) => File.Move(Path.Combine(folder, NameOf(slot)), PictureOf(place, slot), overwrite: true);

    private static FileStream? OpenAt(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Delete(StoragePlace place)
    {
        ForgetIncoming(place);
        if (Directory.Exists(Path.GetDirectoryName(PathOf(place))))
        {
            File.Delete(PathOf(place));
            File.Delete(PosterOf(place));
            foreach (var slot in FilePicture.Slots)
                File.Delete(PictureOf(place, slot));
        }
    }

    /// <summary>Removes what somebody began to send before this and never brought to an end. Answers how many.</summary>
    public int ForgetAbandoned(DateTimeOffset before)
    {
        var incoming = Path.Combine(root, "incoming");
        if (!Directory.Exists(incoming))
            return 0;
        var abandoned = new DirectoryInfo(incoming).EnumerateDirectories().Where(folder => folder.LastWriteTimeUtc < before.UtcDateTime).ToArray();
        foreach (var folder in abandoned)
            folder.Delete(recursive: true);
        return abandoned.Length;
    }

    /// <summary>Where its bytes lie, for a program that reads them.</summary>
    public string PathOf(StoragePlace place) => Path.Combine(root, place.Folder.ToString("n"), place.Key.ToString("n"));

    private string PosterOf(StoragePlace place) => $"{PathOf(place)}.poster";

    private string PictureOf(StoragePlace place, int slot) => $"{PathOf(place)}.{NameOf(slot)}";

    private static string NameOf(int slot) => slot.ToString(CultureInfo.InvariantCulture);

    private string IncomingOf(StoragePlace place) => Path.Combine(root, "incoming", place.Key.ToString("n"));

    private string PartOf(StoragePlace place, int part) => Path.Combine(IncomingOf(place), part.ToString("d5", CultureInfo.InvariantCulture));

    // What it hashes to is part of its name: nobody has to read it again to know.
    private string WholeOf(StoragePlace place, byte[] sha256) => Path.Combine(IncomingOf(place), $"{Whole}.{Convert.ToHexStringLower(sha256)}");

    /// <summary>A name beside the real ones, for what is not whole yet.</summary>
    private string MakeBeside(StoragePlace place)
    {
        MakeFolder(IncomingOf(place));
        return Path.Combine(IncomingOf(place), $"{Guid.NewGuid():n}.tmp");
    }

    /// <summary>Writes what comes to the disk, not much more than may come. Answers how many bytes came, and what they hash to.</summary>
    private static async Task<(long Size, byte[] Sha256)> WriteAsync(string path, long preallocate, PipeReader source, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = Create(path, preallocate);
        var size = 0L;
        for (var isCompleted = false; !isCompleted && size <= maxBytes;)
        {
            var read = await source.ReadAsync(cancellationToken);
            size += read.Buffer.Length;
            if (size <= maxBytes)
            {
                foreach (var segment in read.Buffer)
                {
                    hash.AppendData(segment.Span);
                    await file.WriteAsync(segment, cancellationToken);
                }
            }
            source.AdvanceTo(read.Buffer.End);
            isCompleted = read.IsCompleted;
        }
        file.Flush(flushToDisk: true);
        return (size, hash.GetHashAndReset());
    }

    private string? FindWhole(StoragePlace place) =>
        Directory.Exists(IncomingOf(place)) ? Directory.EnumerateFiles(IncomingOf(place), $"{Whole}.*").FirstOrDefault() : null;

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Removed meanwhile, with all that was in it.
        }
    }

    private static async Task<Assembled> DescribeAsync(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await CopyAsync(path, hash, Stream.Null, cancellationToken);
        var (head, length) = await HeadOfAsync(path, cancellationToken);
        return new Assembled(length, hash.GetHashAndReset(), head);
    }

    private static async Task CopyAsync(string path, IncrementalHash hash, Stream target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The beginning of a file, and how long it is.</summary>
    public static async Task<(byte[] Head, long Length)> HeadOfAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var head = new byte[(int)Math.Min(FileTypes.HeadBytes, file.Length)];
        await file.ReadExactlyAsync(head, cancellationToken);
        return (head, file.Length);
    }

    // Room is taken before the first byte: a full disk is noticed at once, not at the end.
    private static FileStream Create(string path, long size)
    {
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 1, PreallocationSize = size };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, how);
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [LoggerMessage(1962, LogLevel.Warning, "Renexus:Storage:S3 is configured, and object stores are not used yet: files go to {Folder}")]
    private static partial void ObjectStoreUnused(ILogger logger, string folder);
}
