"""Adversarial trainings in the loop that tutorials have, of the same networks as ours: see tests/bench/tutorial.py."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from tests.bench.tutorial import Pictures


def dcgan(plain: Any, chosen: Any, data: Any) -> Iterator[None]:
    """PyTorch's DCGAN tutorial: stacked modules, the discriminator on real and on fake ones, then the generator through it."""
    generator, discriminator = stacked_generator(plain.generator), stacked_discriminator(plain.discriminator)
    betas = (0.5, 0.999)
    generator_adam = torch.optim.Adam(generator.parameters(), 2e-4, betas=betas, foreach=False)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), 2e-4, betas=betas, foreach=False)
    criterion = nn.BCEWithLogitsLoss()
    loader = DataLoader(Pictures(data.train), chosen.batch_size, shuffle=True, drop_last=True)
    while True:
        for real in loader:
            ones, zeros = torch.ones(len(real)), torch.zeros(len(real))
            discriminator.zero_grad()
            loss_real = criterion(discriminator(real).view(-1), ones)
            loss_real.backward()
            fake = generator(torch.randn(len(real), chosen.latent_size))
            loss_fake = criterion(discriminator(fake.detach()).view(-1), zeros)
            loss_fake.backward()
            discriminator_adam.step()
            generator.zero_grad()
            loss = criterion(discriminator(fake).view(-1), ones)
            loss.backward()
            generator_adam.step()
            str(((loss_real + loss_fake).item(), loss.item()))
            yield


def wasserstein(plain: Any, chosen: Any, data: Any) -> Iterator[None]:
    """WGAN-GP as commonly written down (perceptrons): the penalty by differentiating twice, one generator's step for
    several of the critic's; all of them are one step here, as they are in ours."""
    generator, discriminator = plain.generator, plain.discriminator
    betas = (0.5, 0.999)
    generator_adam = torch.optim.Adam(generator.parameters(), 2e-4, betas=betas, foreach=False)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), 2e-4, betas=betas, foreach=False)
    loader = DataLoader(Pictures(data.train), chosen.batch_size, shuffle=True, drop_last=True)
    number = 0
    while True:
        for pictures in loader:
            number += 1
            real = pictures.flatten(1)
            discriminator_adam.zero_grad()
            z = torch.randn(len(real), chosen.latent_size)
            fake = generator(z)
            loss = -discriminator(real).mean() + discriminator(fake).mean() + 10 * penalty(discriminator, real, fake)
            loss.backward()
            discriminator_adam.step()
            if number % chosen.critic_steps:
                continue
            generator_adam.zero_grad()
            generator_loss = -discriminator(generator(z)).mean()
            generator_loss.backward()
            generator_adam.step()
            str((loss.item(), generator_loss.item()))
            yield


def penalty(discriminator: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """(|∇| − 1)² between real and fake, through autograd."""
    share = torch.rand(len(real), *[1] * (real.ndim - 1))
    between = (share * real.data + (1 - share) * fake.data).requires_grad_(True)
    scores = discriminator(between)
    (gradients,) = torch.autograd.grad(
        scores, between, torch.ones_like(scores), create_graph=True, retain_graph=True, only_inputs=True
    )
    return ((gradients.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


def stacked_generator(ours: Any) -> nn.Module:
    """The same layers as modules on top of each other."""
    layers: list[nn.Module] = [
        nn.Linear(ours.first.in_features, ours.first.out_features, bias=False),
        nn.Unflatten(1, (-1, ours.start, ours.start)),
    ]
    wide = [norm.num_features for norm in ours.norms]
    for before, after in pairwise(wide):
        layers += [nn.BatchNorm2d(before), nn.ReLU(True), nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False)]
    layers += [nn.BatchNorm2d(wide[-1]), nn.ReLU(True), nn.ConvTranspose2d(wide[-1], ours.out.out_channels, 4, 2, 1)]
    return nn.Sequential(*layers, nn.Tanh())


def stacked_discriminator(ours: Any) -> nn.Module:
    """The same layers as modules on top of each other."""
    layers: list[nn.Module] = []
    for one in ours.layers:
        layers += [nn.Conv2d(one.in_channels, one.out_channels, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
    layers += [nn.Conv2d(ours.last.in_channels, ours.last.out_channels, 3, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(ours.out.in_features, 1))
