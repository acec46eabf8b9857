using Tandem.Core.Privacy;

namespace Tandem.Sip.Authentication;

/// <summary>What is known about a user.</summary>
/// <param name="Name">The name under which he is known from here on.</param>
/// <param name="Secret">His secret. A changed secret must be another object: hashes are kept by the identity of this one.</param>
/// <param name="Algorithms">The algorithms that he may use, in order; null for those of the installation.</param>
public readonly record struct DigestUser(string Name, Secret Secret, DigestAlgorithms? Algorithms = null);
