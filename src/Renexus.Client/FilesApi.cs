using Renexus.Client.Http;
using Renexus.Contracts;

namespace Renexus.Client;

/// <summary>Files of a workspace (FI-1…FI-5).</summary>
public sealed class FilesApi
{
    private readonly ApiConnection api;
    private readonly TimeProvider time;

    internal FilesApi(ApiConnection api, TimeProvider time) => (this.api, this.time) = (api, time);

    /// <summary>
    /// Uploads a file and answers it when it is ready. What the server has is not sent again: after a break the upload goes on with the parts that are missing, also when it is called again with the
    /// same id.
    /// </summary>
    /// <param name="workspaceId">Where to.</param>
    /// <param name="content">Its bytes, from the beginning. The stream can seek; it is left open, and nobody else reads it meanwhile.</param>
    /// <param name="name">As people see it.</param>
    /// <param name="type">Media type, as in <c>image/png</c>. Its content must be that.</param>
    /// <param name="options">Its id, its thread, how it is sent.</param>
    /// <param name="cancellationToken">Gives up. What has arrived is kept for a day.</param>
    /// <exception cref="ProblemException">The server refused the file, its size or its type, or did not answer for as long as was tried.</exception>
    public async Task<StoredFile> UploadAsync(
        Guid workspaceId, Stream content, string name, string type = "application/octet-stream", UploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!content.CanSeek)
            throw new ArgumentException("It must be a stream that can seek: what was lost on the way is read again.", nameof(content));
        options ??= new UploadOptions();
        var request = new CreateFileRequest
        {
            Id = options.Id ?? Guid.CreateVersion7(),
            Name = name,
            Size = content.Length,
            Type = type,
            Sha256 = options.Sha256,
            ThreadId = options.ThreadId,
        };
        using var sending = new Sending(this, content, options);
        for (var failures = 0; ; failures++)
        {
            var before = sending.Arrived;
            try
            {
                return await AttemptAsync(workspaceId, request, sending, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (MayHeal(e, cancellationToken))
            {
                // What got on counts from the beginning again.
                failures = sending.Arrived > before ? 0 : failures;
                if (failures >= options.Attempts - 1)
                    throw;
                await Task.Delay(Delay(options.FirstDelay, failures, e), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A file, with addresses that are good for some minutes; of an own upload under way, how its bytes are sent.</summary>
    public Task<StoredFile> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.GetAsync($"api/files/{id}", ContractsJson.Lenient.StoredFile, cancellationToken);

    /// <summary>One page of a workspace's files that one sees, newest first.</summary>
    /// <param name="workspaceId">Where.</param>
    /// <param name="type">Only types that begin so, as <c>image/</c>.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cursor">Of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<StoredFile>> ListAsync(
        Guid workspaceId, string? type = null, int? limit = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        api.GetAsync(
            ApiConnection.Query($"api/workspaces/{workspaceId}/files", ("type", type), ("limit", limit), ("cursor", cursor)), ContractsJson.Lenient.PageStoredFile,
            cancellationToken);

    /// <summary>Deletes a file for everybody, wherever it is shown.</summary>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken = default) =>
        api.SendAsync(HttpMethod.Delete, $"api/files/{id}", null, cancellationToken);

    private async Task<StoredFile> AttemptAsync(Guid workspaceId, CreateFileRequest request, Sending sending, CancellationToken cancellationToken)
    {
        // The same id again is the same file, with what has arrived of it.
        var reserved = await api.SendAsync(
            HttpMethod.Post, $"api/workspaces/{workspaceId}/files", request, ContractsJson.Lenient.CreateFileRequest, ContractsJson.Lenient.StoredFile, cancellationToken)
            .ConfigureAwait(false);
        if (reserved.Upload is not { } upload)
            return reserved;
        var parts = upload.Parts ?? [new FileUploadPart(0, 0, request.Size!.Value, upload.Url, IsDone: false)];
        sending.Begin(parts);
        await Parallel.ForEachAsync(
            parts.Where(part => !part.IsDone),
            new ParallelOptions { MaxDegreeOfParallelism = sending.Options.Parallel, CancellationToken = cancellationToken },
            async (part, stop) => await sending.SendAsync(upload, part, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return await api.PostAsync($"api/files/{reserved.Id}/complete", ContractsJson.Lenient.StoredFile, cancellationToken).ConfigureAwait(false);
    }

    private static bool MayHeal(Exception failure, CancellationToken cancellationToken) => !cancellationToken.IsCancellationRequested && failure switch
    {
        HttpRequestException or IOException or TaskCanceledException => true,
        ProblemException { Status: 408 or 429 or 502 or 503 or 504 } => true,
        _ => false,
    };

    private static TimeSpan Delay(TimeSpan first, int failures, Exception failure)
    {
        var asked = failure is ProblemException { RetryAfter: { } after } ? after : TimeSpan.Zero;
        var grown = first * Math.Pow(2, Math.Min(failures, 6));
        return asked > grown ? asked : grown;
    }

    /// <summary>The bytes on their way: read one part after the other, sent several at a time.</summary>
    private sealed class Sending(FilesApi files, Stream content, UploadOptions options) : IDisposable
    {
        private readonly SemaphoreSlim reading = new(1);
        private readonly Lock gate = new();
        private long arrived;

        public UploadOptions Options => options;

        public long Arrived => Interlocked.Read(ref arrived);

        public void Begin(IReadOnlyList<FileUploadPart> parts)
        {
            lock (gate)
                Tell(parts.Where(part => part.IsDone).Sum(part => part.Size));
        }

        public async Task SendAsync(FileUpload upload, FileUploadPart part, CancellationToken cancellationToken)
        {
            // Of its own: when a request ends early its body may be read a moment longer.
            var bytes = new byte[part.Size];
            await ReadAsync(part, bytes, cancellationToken).ConfigureAwait(false);
            using var body = new ByteArrayContent(bytes);
            await files.api.SendBytesAsync(new HttpMethod(upload.Method), part.Url, upload.Headers, body, cancellationToken).ConfigureAwait(false);
            lock (gate)
                Tell(arrived + part.Size);
        }

        public void Dispose() => reading.Dispose();

        /// <summary>Told one after the other, so that it never goes back.</summary>
        private void Tell(long now)
        {
            Interlocked.Exchange(ref arrived, now);
            options.Progress?.Report(new UploadProgress(now, content.Length));
        }

        private async Task ReadAsync(FileUploadPart part, Memory<byte> bytes, CancellationToken cancellationToken)
        {
            await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                content.Position = part.Offset;
                await content.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                reading.Release();
            }
        }
    }
}

/// <summary>How a file is uploaded.</summary>
public sealed record UploadOptions
{
    /// <summary>The file's id; with the id of an earlier upload that one goes on. It makes one when absent.</summary>
    public Guid? Id { get; init; }

    /// <summary>The thread it is for: whoever does not see that does not see the file.</summary>
    public Guid? ThreadId { get; init; }

    /// <summary>The SHA-256 of its content, in hex; what arrives must then have it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Parts that are sent at the same time; each is in memory meanwhile (8 MB).</summary>
    public int Parallel { get; init; } = 3;

    /// <summary>How often in a row nothing may get through before it gives up.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The wait before the second attempt; it doubles each time.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Told whenever a part has arrived.</summary>
    public IProgress<UploadProgress>? Progress { get; init; }
}

/// <summary>How far an upload is.</summary>
/// <param name="Sent">Bytes that the server has.</param>
/// <param name="Total">All of them.</param>
public readonly record struct UploadProgress(long Sent, long Total);
