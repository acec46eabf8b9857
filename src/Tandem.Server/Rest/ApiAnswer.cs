using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest;

/// <summary>
/// Answers of the API. Under <c>/api/v1</c> they stand in an envelope, <c>{success, data}</c> or <c>{success, error, code}</c>;
/// the older routes under <c>/api</c> have bare bodies and <c>{error}</c>.
/// </summary>
public static class ApiAnswer
{
    private const string Versioned = "/api/v1";

    /// <summary>200 with a bare body.</summary>
    public static Ok<T> Bare<T>(T body) => TypedResults.Ok(body);

    /// <summary>200 with the envelope.</summary>
    public static Ok<Envelope<T>> Data<T>(T data) => TypedResults.Ok(new Envelope<T>(true, data));

    /// <summary>An error of a versioned route.</summary>
    public static JsonHttpResult<Failure> Fail(int status, string code, string error) => TypedResults.Json(new Failure(false, error, code), statusCode: status);

    /// <summary>409: a number that something else of the tenant has.</summary>
    public static JsonHttpResult<Failure> Taken(Calls.Ports.NumberTakenException taken) => Fail(409, "NUMBER_TAKEN", taken.Message);

    /// <summary>400: a field that is not accepted, and what is.</summary>
    public static JsonHttpResult<FieldFailure> Invalid(FieldProblem problem) => TypedResults.Json(
        new FieldFailure(false, $"{problem.Field} is not accepted: {problem.Accepted}", "INVALID", problem.Field, problem.Accepted), statusCode: 400);

    /// <summary>400: a field that is not accepted, and what is.</summary>
    public static JsonHttpResult<FieldFailure> Invalid(string field, string accepted) => Invalid(new FieldProblem(field, accepted));

    /// <summary>201 with the envelope.</summary>
    public static Created<Envelope<T>> Made<T>(string location, T data) => TypedResults.Created(location, new Envelope<T>(true, data));

    /// <summary>An error of a route without a version.</summary>
    public static JsonHttpResult<BareFailure> FailBare(int status, string error) => TypedResults.Json(new BareFailure(error), statusCode: status);

    /// <summary>Writes an error in the shape of the path that was asked for.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, string code, string error)
    {
        context.Response.StatusCode = status;
        return context.Request.Path.StartsWithSegments(Versioned, StringComparison.OrdinalIgnoreCase)
            ? context.Response.WriteAsJsonAsync(new Failure(false, error, code))
            : context.Response.WriteAsJsonAsync(new BareFailure(error));
    }
}

/// <summary>The envelope of an answer.</summary>
public sealed record Envelope<T>(bool Success, T Data);

/// <summary>The envelope of an error. Code is for programs, error for people.</summary>
public sealed record Failure(bool Success, string Error, string Code);

/// <summary>The envelope of a validation error: which field, and what is accepted.</summary>
public sealed record FieldFailure(bool Success, string Error, string Code, string Field, string Accepted);

/// <summary>An error of the routes without a version.</summary>
public sealed record BareFailure(string Error);

/// <summary>What an operation of document 5 did.</summary>
public sealed record Done(string Message);
