using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Tandem.Server.Options;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>
/// <c>Idempotency-Key</c> on POST: a request that is repeated with the same key, because its answer was lost, gets the same answer and does nothing
/// again. The same key with another request is refused with 422, while the first still runs with 409. Keys are those of who asks; answers are kept in
/// memory, bounded in number, size and time (<see cref="HttpOptions.IdempotencyKeep"/>). An answer with 5xx is not kept: the repetition tries again.
/// </summary>
public sealed class IdempotencyMiddleware(RequestDelegate next, TandemOptions options, TimeProvider time)
{
    private const string Header = "Idempotency-Key";
    private const string Replayed = "Idempotency-Replayed";
    private const int LongestKey = 255;
    private const int LongestBody = 1 << 20;
    private const int LongestAnswer = 64 << 10;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Entry> _ages = new();

    /// <summary>Keys that are kept.</summary>
    public int Count => _entries.Count;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.Headers.TryGetValue(Header, out var header) || context.Features.Get<Identity>() is not { } who)
        {
            await next(context);
            return;
        }

        var key = header.ToString();
        if (key.Length is 0 or > LongestKey || key.Any(c => c is < '!' or > '~'))
        {
            await ApiAnswer.WriteErrorAsync(context, 400, "BAD_IDEMPOTENCY_KEY", $"{Header} must be 1 to {LongestKey} visible ASCII characters");
            return;
        }

        if (await FingerprintAsync(context) is not { } fingerprint)
        {
            await ApiAnswer.WriteErrorAsync(context, 400, "BAD_IDEMPOTENCY_KEY", $"{Header} is for bodies of at most {LongestBody} bytes");
            return;
        }

        Forget();
        var entry = new Entry($"{who.Tenant.Value}\n{who.Kind}\n{who.TokenId ?? who.UserId ?? who.Name}\n{key}", fingerprint, time.GetTimestamp());
        var known = _entries.GetOrAdd(entry.Key, entry);
        if (!ReferenceEquals(known, entry))
        {
            await AnswerKnownAsync(context, known, fingerprint);
            return;
        }

        _ages.Enqueue(entry);
        await RunAsync(context, entry);
    }

    private async Task RunAsync(HttpContext context, Entry entry)
    {
        var real = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        var isKept = false;
        try
        {
            await next(context);
            var response = context.Response;
            if (response.StatusCode < 500 && copy.Length <= LongestAnswer)
            {
                entry.Answer = new Answer(response.StatusCode, response.ContentType, response.Headers.Location.ToString(), copy.ToArray());
                isKept = true;
            }
        }
        finally
        {
            context.Response.Body = real;
            if (!isKept)
                _entries.TryRemove(KeyValuePair.Create(entry.Key, entry));
        }

        copy.Position = 0;
        await copy.CopyToAsync(real, context.RequestAborted);
    }

    private static async Task AnswerKnownAsync(HttpContext context, Entry known, string fingerprint)
    {
        if (known.Fingerprint != fingerprint)
        {
            await ApiAnswer.WriteErrorAsync(context, 422, "IDEMPOTENCY_KEY_REUSED", $"This {Header} was used for another request; use a new one");
        }
        else if (known.Answer is not { } answer)
        {
            context.Response.Headers.RetryAfter = "1";
            await ApiAnswer.WriteErrorAsync(context, 409, "STILL_RUNNING", $"The request with this {Header} is still running");
        }
        else
        {
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            if (answer.Location.Length > 0)
                context.Response.Headers.Location = answer.Location;
            context.Response.Headers[Replayed] = "true";
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    // The path with its query, the type and the body: what makes it the same request. Null when the body is longer than what is looked at.
    private static async Task<string?> FingerprintAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > LongestBody)
            return null;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n{request.ContentType}\n"));
        var body = new MemoryStream();
        var buffer = new byte[8 << 10];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > LongestBody)
                return null;

            body.Write(buffer, 0, read);
            hash.AppendData(buffer, 0, read);
        }

        body.Position = 0;
        request.Body = body;
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Forget()
    {
        while (_ages.TryPeek(out var oldest) && (_ages.Count >= options.Http.IdempotencyMax || time.GetElapsedTime(oldest.At) >= options.Http.IdempotencyKeep))
        {
            if (_ages.TryDequeue(out var gone))
                _entries.TryRemove(KeyValuePair.Create(gone.Key, gone));
        }
    }

    private sealed class Entry(string key, string fingerprint, long at)
    {
        public string Key { get; } = key;

        public string Fingerprint { get; } = fingerprint;

        public long At { get; } = at;

        public Answer? Answer { get; set; }
    }

    private sealed record Answer(int Status, string? ContentType, string Location, byte[] Body);
}
