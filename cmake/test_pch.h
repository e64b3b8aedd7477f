// What nearly every test includes beyond cmake/pch.h, precompiled once.
#pragma once
#include "pch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
