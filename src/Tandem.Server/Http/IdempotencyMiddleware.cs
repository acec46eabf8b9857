using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;
using Tandem.Storage.Idempotency;

namespace Tandem.Server.Http;

/// <summary>
/// <c>Idempotency-Key</c> on POST: a request that is repeated with the same key, because its answer was lost, gets the same answer and does nothing
/// again, at whichever node it is repeated. The same key with another request is refused with 422, while the first still runs with 409. Keys are those of who asks; answers
/// are kept in the database, sealed, bounded in number, size and time (<see cref="HttpOptions.IdempotencyKeep"/>). An answer with 5xx is not kept: the repetition tries again.
/// </summary>
public sealed class IdempotencyMiddleware(RequestDelegate next, TandemOptions options, TandemStorage storage, ILogger<IdempotencyMiddleware> log)
{
    private const string Header = "Idempotency-Key";
    private const string Replayed = "Idempotency-Replayed";
    private const int LongestKey = 255;
    private const int LongestBody = 1 << 20;
    private const int LongestAnswer = 64 << 10;

    // What belongs to the body and to what was made; all others are those of the request that asks again.
    private static readonly string[] Kept = ["Content-Type", "Location", "ETag"];

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

        var known = await storage.Idempotency.ClaimAsync(
            who.Tenant, $"{who.Kind}\n{who.Home.Value}\n{who.TokenId ?? who.UserId ?? who.Name}\n{key}", fingerprint, options.Http.IdempotencyClaim, options.Http.IdempotencyMax, context.RequestAborted);
        if (known.Claim is { } claim)
            await RunAsync(context, claim);
        else
            await AnswerKnownAsync(context, known);
    }

    private async Task RunAsync(HttpContext context, IdempotencyClaim claim)
    {
        // Who loses the connection in the middle asks again with the key: what he gets then is what became of it, and not half of it.
        var aborted = context.RequestAborted;
        context.RequestAborted = CancellationToken.None;
        var real = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        IdempotentAnswer? answer = null;
        try
        {
            await next(context);
            var response = context.Response;
            if (response.StatusCode < 500 && copy.Length <= LongestAnswer)
                answer = new IdempotentAnswer(response.StatusCode, HeadersOf(response), copy.ToArray());
        }
        finally
        {
            context.Response.Body = real;
            context.RequestAborted = aborted;
            await EndAsync(claim, answer);
        }

        copy.Position = 0;
        await copy.CopyToAsync(real, aborted);
    }

    // What was done is told, also when the database went away meanwhile: the answer is written to it when it is back.
    private async Task EndAsync(IdempotencyClaim claim, IdempotentAnswer? answer)
    {
        try
        {
            if (answer is not null)
                await storage.Idempotency.FinishAsync(claim, answer, options.Http.IdempotencyKeep);
            else
                await storage.Idempotency.ReleaseAsync(claim);
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            log.LogWarning(e, "The answer to a request with {Header} is not kept yet", Header);
        }
    }

    private static Dictionary<string, string> HeadersOf(HttpResponse response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Kept)
        {
            if (response.Headers.TryGetValue(name, out var value) && value.Count > 0)
                headers.Add(name, value.ToString());
        }

        return headers;
    }

    private static async Task AnswerKnownAsync(HttpContext context, IdempotencyResult known)
    {
        if (known.Answer is { } answer)
        {
            context.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers)
                context.Response.Headers[name] = value;
            context.Response.Headers[Replayed] = "true";
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
        else if (known.State == IdempotencyState.Reused)
        {
            await ApiAnswer.WriteErrorAsync(context, 422, "IDEMPOTENCY_KEY_REUSED", $"This {Header} was used for another request; use a new one");
        }
        else
        {
            context.Response.Headers.RetryAfter = "1";
            await ApiAnswer.WriteErrorAsync(context, 409, "STILL_RUNNING", $"The request with this {Header} is still running");
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
}
